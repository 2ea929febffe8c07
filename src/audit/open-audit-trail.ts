import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Random } from '../kernel/random.ts';
import type { Database } from '../storage/database.ts';
import type { Keyring } from '../storage/keys/keyring.ts';
import { type AuditTrail, createAuditTrail } from './audit-trail.ts';
import { type HeadKeys, openHeadKeys } from './head-keys.ts';

interface OpenDeps {
  readonly database: Database;
  readonly keyring: Pick<Keyring, 'seal' | 'open'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/**
 * Opens the audit trail of a database. It does not seal existing heads: otherwise an attacker with access to the
 * database
 * could forge a trail without a seal, and the next start would make it valid.
 */
export async function openAuditTrail(deps: OpenDeps): Promise<AuditTrail & { readonly keys: HeadKeys }> {
  const keys = await openHeadKeys(deps);
  return { ...createAuditTrail({ ...deps, keys }), keys };
}
