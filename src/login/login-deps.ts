import type { AuditedDatabase } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { OwnedDomains } from '../domains/owned-domains.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Random } from '../kernel/random.ts';
import type { RelyingParty } from '../oidc/relying-party.ts';
import type { Keyring } from '../storage/keys/keyring.ts';
import type { Sessions } from '../sessions/sessions.ts';

/** The dependencies of a sign-in, the one feature that combines all others. */
export interface LoginDeps {
  readonly store: LoginStore;
  readonly relyingParty: RelyingParty;
  readonly sessions: Sessions;
  readonly ownedDomains: OwnedDomains;
  readonly site: Site;
  readonly system: { readonly clock: Clock; readonly random: Random; readonly logger: Logger };
}

interface LoginStore {
  readonly database: AuditedDatabase;
  readonly keyring: Keyring;
  readonly audit: AppendAudit;
  /** The number of refused sign-ins of one organization that are recorded per minute. Further ones are counted. */
  readonly refusalsRecordedMax: number;
}

/** The public URLs of this server. */
export interface Site {
  /** The web origin, such as `https://sso.acme.example`. */
  readonly webOrigin: string;
  /** Further web origins that `returnTo` may name. */
  readonly returnToWebOrigins: readonly string[];
}
