import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Random } from '../kernel/random.ts';
import type { Database } from '../storage/database.ts';
import type { Keyring } from '../storage/keyring.ts';
import { adoptTrails } from './adopt-trails.ts';
import { type AuditTrail, createAuditTrail } from './audit-trail.ts';
import { type HeadKeys, openHeadKeys } from './head-keys.ts';

interface OpenDeps {
  readonly database: Database;
  readonly keyring: Pick<Keyring, 'seal' | 'open'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Opens the audit trail of a database: its key, what was written before there was one, and what appends to it. */
export async function openAuditTrail(deps: OpenDeps): Promise<AuditTrail & { readonly keys: HeadKeys }> {
  const keys = await openHeadKeys(deps);
  await adoptTrails({ ...deps, keys });
  return { ...createAuditTrail({ ...deps, keys }), keys };
}
