import type { AuditedTx } from '../audit/audited-database.ts';
import type { ClientInfo } from '../contract/actor.ts';
import { asId, type OidcConfigId, type OrganizationId } from '../contract/ids.ts';
import { pendingSessionSeconds } from '../contract/limits.ts';
import { latestEndMs } from '../contract/session-lifetime.ts';
import type { VerifiedIdentity } from '../oidc/identity/verified-identity.ts';
import type { Account } from '../provisioning/sign-in.ts';
import { newBrowserSecret, replacedCookies } from '../sessions/browser-cookies.ts';
import type { SessionRow } from '../sessions/queries.ts';
import type { StartedSession } from '../sessions/sessions.ts';
import { type Attempt, sealContinuation } from './attempt.ts';
import type { LoginDeps } from './login-deps.ts';

/** A sign-in whose user was admitted. */
interface AdmittedSignIn {
  readonly attempt: Attempt;
  readonly identity: VerifiedIdentity;
  readonly account: Account;
  readonly settings: { readonly id: string; readonly user_token_expiration: string };
  readonly request: {
    readonly state: string;
    readonly replaces: string;
    readonly browserHashes: ReadonlyMap<string, string>;
    readonly clientInfo: ClientInfo;
  };
  /** The browser's current session. */
  readonly current: SessionRow | undefined;
}

/** The session of a sign-in, and what its browser gets. */
export interface StartedSignIn {
  readonly session: StartedSession;
  readonly lifetimeSeconds: number;
  /** How long the session lives once its user has confirmed it. */
  readonly fullSeconds: number;
  /** The browser has a session of another user or organization, so the user is asked first. */
  readonly mustAsk: boolean;
  /** Whether the pages of this server get the session: the browser gets its refresh cookie. */
  readonly isForPages: boolean;
  /** The new cookie with which the browser signs in to applications, and the keys of those that it takes the place of. */
  readonly browser:
    | { readonly organizationId: OrganizationId; readonly secret: string; readonly replacedKeys: readonly string[] }
    | undefined;
}

/**
 * Starts the session of an admitted user. The sign-in ends the browser's session of the same organization. The pages of
 * this server get the new session too, unless it is for an application and they have none, or one of another account:
 * that one stays. A sign-in that is not for an application asks before it replaces another account's.
 */
export async function startSignedIn(
  { store, system, sessions }: LoginDeps,
  tx: AuditedTx,
  { attempt, identity, account, settings, request, current }: AdmittedSignIn,
): Promise<StartedSignIn> {
  const organizationId = asId<OrganizationId>(attempt.organizationId);
  const nowMs = system.clock.nowMs();
  const fullSeconds = Math.floor((latestEndMs(settings.user_token_expiration, nowMs) - nowMs) / 1000);
  const isForApplication = attempt.continuation.kind === 'application';
  const isOther =
    current !== undefined && (current.user_id !== account.userId || current.organization_id !== organizationId);
  const mustAsk = isOther && !isForApplication;
  const isForPages = !isForApplication || (current !== undefined && !isOther);
  // A session that waits for an answer signs in to nothing yet.
  const replaced = mustAsk ? [] : replacedCookies(request.browserHashes, organizationId);
  const fresh = mustAsk ? undefined : newBrowserSecret(system.random);
  const lifetimeSeconds = mustAsk ? Math.min(fullSeconds, pendingSessionSeconds) : fullSeconds;
  const session = await sessions.start(tx, {
    userId: account.userId,
    email: account.email,
    organizationId,
    authMethod: 'oidc',
    oidcConfigId: asId<OidcConfigId>(settings.id),
    lifetimeSeconds,
    replaces: mustAsk || !isForPages ? '' : request.replaces,
    continuation: sealContinuation(store.keyring, request.state, attempt.continuation),
    federated: {
      issuer: identity.issuer,
      subject: identity.subject,
      ...identity.authentication,
      browserHash: fresh?.browserHash,
      replacesBrowserHashes: replaced.map(({ hash }) => hash),
    },
    clientInfo: request.clientInfo,
  });
  const replacedKeys = replaced.map(({ key }) => key);
  const browser = fresh && { organizationId, secret: fresh.secret, replacedKeys };
  return { session, lifetimeSeconds, fullSeconds, mustAsk, isForPages, browser };
}
