import type { AuditedDatabase } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { OwnedDomains } from '../domains/owned-domains.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Random } from '../kernel/random.ts';
import type { GuardedFetch } from '../outbound/guarded-fetch.ts';
import type { LiveKeyring } from '../storage/keys/keyring.ts';

/** The dependencies of the OpenID Provider. */
export interface ProviderDeps {
  readonly database: AuditedDatabase;
  readonly audit: AppendAudit;
  readonly keyring: LiveKeyring;
  readonly ownedDomains: OwnedDomains;
  /** For the public keys of applications. */
  readonly fetch: GuardedFetch;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** The web origin of this server, which is its issuer identifier. */
  readonly site: string;
}
