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
 * Opens the audit trail of a database: its key, and what appends to it. It seals nothing that is there already: an
 * unsealed head would be the way for somebody with the database to have a forged trail made good by the next start.
 */
export async function openAuditTrail(deps: OpenDeps): Promise<AuditTrail & { readonly keys: HeadKeys }> {
  const keys = await openHeadKeys(deps);
  return { ...createAuditTrail({ ...deps, keys }), keys };
}
