import type { AuditedDatabase } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { OwnedDomains } from '../domains/owned-domains.ts';
import type { EndGrants } from '../grants/end-grants.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Random } from '../kernel/random.ts';
import type { RelyingParty } from '../oidc/relying-party.ts';
import type { Keyring } from '../storage/keys/keyring.ts';
import type { Sessions } from '../sessions/sessions.ts';

/** What a sign-in stands on. It is the one feature that brings all others together. */
export interface LoginDeps {
  readonly store: LoginStore;
  readonly relyingParty: RelyingParty;
  readonly sessions: Sessions;
  readonly endGrants: EndGrants;
  readonly ownedDomains: OwnedDomains;
  readonly site: Site;
  readonly system: { readonly clock: Clock; readonly random: Random; readonly logger: Logger };
}

interface LoginStore {
  readonly database: AuditedDatabase;
  readonly keyring: Keyring;
  readonly audit: AppendAudit;
  /** Refused sign-ins of one organization that are recorded in one minute; what comes beyond is counted. */
  readonly refusalsRecordedMax: number;
}

/** The public face of this server. */
export interface Site {
  /** The origin, such as `https://sso.acme.example`. */
  readonly webOrigin: string;
  /** Origins that `returnTo` may name besides. */
  readonly returnToWebOrigins: readonly string[];
}
