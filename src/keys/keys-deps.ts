import type { AuditedDatabase } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { SealingKey } from '../kernel/sealed-box.ts';
import type { LiveKeyring } from '../storage/keys/keyring.ts';

/** The dependencies of key rotation. */
export interface KeysDeps {
  readonly database: AuditedDatabase;
  readonly audit: AppendAudit;
  readonly keyring: LiveKeyring;
  readonly rootKeys: { readonly current: SealingKey; readonly others: readonly SealingKey[] };
  readonly clock: Clock;
  readonly random: Random;
}
