import type { AuditedTx } from '../audit/audited-database.ts';
import type { ClientInfo } from '../contract/actor.ts';
import { appError, errorTable, type KnownError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { callbackPath } from '../contract/login.ts';
import { syncGroups } from '../group-sync/apply.ts';
import type { GroupPlan } from '../group-sync/rules.ts';
import { toKnownError } from '../http/error-renderer.ts';
import { isRefusalRecorded } from '../login-attempts/limit-refusals.ts';
import { omitAttempt } from '../login-attempts/refusal-queries.ts';
import { type AttemptSoFar, loggedFacts, refusalRecord, successRecord } from '../login-attempts/write-record.ts';
import type { VerifiedIdentity } from '../oidc/identity/verified-identity.ts';
import { provisionAccount } from '../provisioning/apply.ts';
import { findKnownAccount } from '../provisioning/queries.ts';
import { type Account, identityKey } from '../provisioning/sign-in.ts';
import { isDomainAllowed } from '../connections/email-domains.ts';
import { markSignIn, type OidcConfigRow } from '../connections/queries.ts';
import { loadConnection } from '../connections/load-connection.ts';
import { violatedConstraint } from '../storage/constraint.ts';
import { SharedLockHeldError } from '../storage/named-locks.ts';
import { lockOrganization, shareOrganization } from '../access/queries.ts';
import { cookieKeyOf } from '../sessions/browser-cookies.ts';
import type { SessionRow } from '../sessions/queries.ts';
import { type Attempt, openAttempt, openContinuation } from './attempt.ts';
import type { Continuation } from './continuation.ts';
import type { LoginDeps } from './login-deps.ts';
import { claimAttempt, findActiveConfig, findSignInSettings, finishAttempt, refuseAttempt } from './queries.ts';
import { beginRecord, emailFacts, recordOf } from './record-attempt.ts';
import { type LoginStart, restartLogin } from './start-login.ts';
import { type StartedSignIn, startSignedIn } from './start-signed-in.ts';
import { type WayBack, wayBackOf } from './way-back.ts';

/** The callback request. */
export interface CallbackRequest {
  /** The query of the callback, with its `?`. */
  readonly search: string;
  readonly state: string;
  /** The encrypted attempt from the cookie of the `state`. */
  readonly sealed: string;
  /** The refresh token of the browser's session; `''` if it has none. */
  readonly replaces: string;
  /** The refresh token of a sign-in that waits for the user's answer; `''` without one. */
  readonly pending: string;
  /** The hashes of the browser's cookies for applications, by organization. */
  readonly browserHashes: ReadonlyMap<string, string>;
  readonly clientInfo: ClientInfo;
}

/** The result of a sign-in. */
export type LoginEnd =
  | ({ readonly kind: 'signed-in'; readonly continuation: Continuation } & Omit<StartedSignIn, 'fullSeconds'>)
  /** The user has not answered yet whether this sign-in may replace their session. */
  | { readonly kind: 'asked-before' }
  /** The browser already has the session of this sign-in. */
  | { readonly kind: 'finished-before'; readonly continuation: Continuation }
  /** The sign-in timed out at the provider, so the browser is redirected there once more. */
  | { readonly kind: 'restarted'; readonly start: LoginStart }
  /** Without an `attemptId`, nothing was recorded, because this browser had no pending attempt. */
  | { readonly kind: 'failed'; readonly attemptId?: string; readonly error: KnownError; readonly way: WayBack };

/** The maximum number of retries if concurrent first sign-ins of one user collide. */
const raceTriesMax = 4;

/**
 * Finishes a sign-in. It consumes the attempt, so that it is finished once. The relying party checks everything. Then
 * one transaction writes account, groups, session and audit entries. A refusal writes only its record.
 *
 * A missing, expired or finished attempt fails with `attempt_missing` or `attempt_finished`, unless the browser has the
 * session of this sign-in.
 */
export async function finishLogin(deps: LoginDeps, request: CallbackRequest): Promise<LoginEnd> {
  const { store, system } = deps;
  const opened = openAttempt(store.keyring, request.sealed, { state: request.state, nowMs: system.clock.nowMs() });
  if (opened === undefined) return failUnlessFinished(deps, request, { code: 'attempt_missing' });
  const { attempt } = opened;
  if (opened.kind === 'expired') return failUnlessFinished(deps, request, { code: 'attempt_missing', attempt });
  const { isFirst, found } = await claim(deps, attempt);
  if (!isFirst) return failUnlessFinished(deps, request, { code: 'attempt_finished', attempt });
  const soFar = beginRecord(deps, attempt, request);
  try {
    const config = requireUnchanged(found, attempt);
    const revision = { code: 'revision', revision: attempt.revision } as const;
    soFar.trace.passed('configuration', { expected: revision, found: revision });
    const { database, keyring } = store;
    const connection = await loadConnection({ db: database.db, keyring, clock: system.clock }, config);
    const answer = {
      callbackUrl: new URL(`${deps.site.webOrigin}${callbackPath}${request.search}`),
      expectedState: request.state,
      nonce: attempt.nonce,
      codeVerifier: attempt.codeVerifier,
      expectedIssuer: attempt.issuer,
      startedAtMs: attempt.startedAtMs,
    };
    const identity = await deps.relyingParty.finishAuthorization(connection, answer, soFar.trace);
    soFar.trace.passed('email', emailFacts(identity));
    const current = await deps.sessions.find(request.replaces);
    return await admit(deps, { attempt, identity, soFar, request, current });
  } catch (thrown) {
    const error = toKnownError(thrown);
    await recordRefusal(deps, { attempt, error, soFar });
    if (isRestartable(attempt, error)) {
      return { kind: 'restarted', start: await restartLogin(deps, attempt, request.clientInfo) };
    }
    return { kind: 'failed', attemptId: attempt.id, error, way: await wayBackOf(store.database.db, attempt) };
  }
}

// Keycloak sends this to a tab whose sign-in page has expired while the user signed in through another tab. One more
// request finds them signed in. A provider that always sends it must not cause a redirect loop.
function isRestartable({ isRestart }: Attempt, { code, meta }: KnownError): boolean {
  if (code !== 'idp_error' || meta.step !== 'callback' || isRestart === true) return false;
  return meta.error === 'temporarily_unavailable' && meta.errorDescription === 'authentication_expired';
}

/**
 * The result for a callback without a pending attempt: it continues as before if the session of its sign-in is live.
 */
async function failUnlessFinished(
  deps: LoginDeps,
  { state, replaces, pending, browserHashes }: CallbackRequest,
  { code, attempt }: { code: 'attempt_missing' | 'attempt_finished'; attempt?: Attempt },
): Promise<LoginEnd> {
  const { database, keyring } = deps.store;
  const continuationOf = (session: SessionRow | undefined) => {
    const sealed = session?.continuation ?? undefined;
    return sealed === undefined ? undefined : openContinuation(keyring, sealed, state);
  };
  const ofApplications = browserHashes.get(attempt === undefined ? '' : cookieKeyOf(organizationOf(attempt)));
  const continuation =
    continuationOf(await deps.sessions.find(replaces)) ??
    (ofApplications === undefined ? undefined : continuationOf(await deps.sessions.findOfBrowser(ofApplications)));
  if (continuation !== undefined) return { kind: 'finished-before', continuation };
  if (continuationOf(await deps.sessions.find(pending)) !== undefined) return { kind: 'asked-before' };
  const way = attempt === undefined ? {} : await wayBackOf(database.db, attempt);
  return { kind: 'failed', error: appError(code), way };
}

function organizationOf({ organizationId }: Attempt): OrganizationId {
  return asId<OrganizationId>(organizationId);
}

// A power failure that loses this row loses the session too, and the code is spent at the provider by then.
async function claim(
  { store }: LoginDeps,
  attempt: Attempt,
): Promise<{ isFirst: boolean; found: OidcConfigRow | undefined }> {
  const { id: attemptId, organizationId, startedAtMs } = attempt;
  const record = recordOf({ attemptId, organizationId, startedAtMs });
  const [isFirst, found] = await store.database.transaction(
    (tx) => Promise.all([claimAttempt(tx, record), findActiveConfig(tx, { id: organizationId })]),
    { durability: 'relaxed' },
  );
  return { isFirst, found };
}

// The connection must be unchanged since the sign-in started. Domains and groups are read again anyway.
function requireUnchanged<Config extends { readonly id: string; readonly revision: number }>(
  found: Config | undefined,
  attempt: Attempt,
): Config {
  if (found?.id !== attempt.configId || found.revision !== attempt.revision) throw appError('config_changed');
  return found;
}

interface CheckedSignIn {
  readonly attempt: Attempt;
  readonly identity: VerifiedIdentity;
  readonly soFar: AttemptSoFar;
  readonly request: CallbackRequest;
  /** The browser's current session. */
  readonly current: SessionRow | undefined;
}

async function admit(deps: LoginDeps, checked: CheckedSignIn): Promise<LoginEnd> {
  // Taken before everything that decides is read: the connection, the domains, the member, their groups, the sender of
  // an invitation. A change of one of these takes the exclusive lock, so it commits before this sign-in, or finds its
  // session.
  let lock = shareOrganization;
  for (let tries = 1; ; tries += 1) {
    try {
      return await deps.store.database.transaction(async (tx) => {
        await lock(tx, asId<OrganizationId>(checked.attempt.organizationId));
        return admitInTransaction(deps, tx, checked);
      });
    } catch (thrown) {
      if (thrown instanceof SharedLockHeldError) {
        // A sign-in that relinks an account also takes permissions away.
        lock = lockOrganization;
        continue;
      }
      // A user with the same identity or address has just signed in, and the next attempt finds their account; or a
      // group of the claim was just deleted, and the next attempt does not find it.
      if (violatedConstraint(thrown) === undefined || tries === raceTriesMax) throw thrown;
    }
  }
}

async function admitInTransaction(deps: LoginDeps, tx: AuditedTx, checked: CheckedSignIn): Promise<LoginEnd> {
  const { attempt, identity, soFar, request, current } = checked;
  const { clientInfo } = soFar;
  const trace = soFar.trace.fork();
  const { store, system, ownedDomains } = deps;
  const organizationId = asId<OrganizationId>(attempt.organizationId);
  const { domain } = identity.emailAddress;
  const [found, domainOwnerId, known] = await Promise.all([
    findSignInSettings(tx, organizationId),
    ownedDomains.ownerOf(tx, domain),
    findKnownAccount(tx, identityKey({ organizationId, identity })),
  ]);
  const settings = requireUnchanged(found, attempt);
  const account = await provisionAccount({ audit: store.audit, ...system }, tx, {
    organizationId,
    defaultRole: settings.default_membership_role,
    policy: settings.provisioning_policy,
    invitationHash: attempt.invitationHash,
    identity,
    domainIsAllowed: isDomainAllowed(settings.allowed_email_domains, domain),
    domainIsOwned: domainOwnerId === organizationId,
    known,
    clientInfo,
  });
  trace.passed('provisioning', { found: { code: 'account', decision: account.outcome } });
  const groups =
    settings.manage_group_memberships === 1
      ? await syncGroups({ audit: store.audit, clock: system.clock }, tx, {
          organizationId,
          userId: account.userId,
          userEmail: account.email,
          claim: identity.groups,
          matching: settings.group_name_matching,
          issuer: identity.issuer,
          clientInfo,
        })
      : undefined;
  if (groups === undefined) trace.skipped('groups', { found: { code: 'groups_not_managed' } });
  else trace.passed('groups', { found: { code: 'groups_claim', state: identity.groups.state } });
  const { fullSeconds, ...started } = await startSignedIn(deps, tx, {
    attempt,
    identity,
    account,
    settings,
    request,
    current,
  });
  trace.passed('session', { found: { code: 'session_end', seconds: fullSeconds } });
  await recordSuccess(deps, tx, { attempt, identity, account, groups, soFar: { ...soFar, trace } });
  if (settings.last_sign_in_at === null) {
    await markSignIn(tx, { id: settings.id, revision: settings.revision, nowMs: system.clock.nowMs() });
  }
  return { kind: 'signed-in', continuation: attempt.continuation, ...started };
}

async function recordSuccess(
  { store, system }: LoginDeps,
  tx: AuditedTx,
  {
    attempt,
    identity,
    account,
    groups,
    soFar,
  }: Omit<CheckedSignIn, 'request' | 'current'> & { account: Account; groups: GroupPlan | undefined },
): Promise<void> {
  await finishAttempt(tx, attempt.id, {
    outcome: 'succeeded',
    code: null,
    user_id: account.userId,
    details: successRecord(soFar, { identity, account, groups }),
    finished_at: system.clock.nowMs(),
  });
  await store.audit(tx, {
    organizationId: asId<OrganizationId>(attempt.organizationId),
    actor: { type: 'user', metadata: { userId: account.userId, email: account.email, authMethod: 'oidc' } },
    event: {
      type: 'sign-in-success',
      metadata: { attemptId: attempt.id, userId: account.userId, issuer: identity.issuer },
    },
    clientInfo: soFar.clientInfo,
  });
}

async function recordRefusal(
  { store, system }: LoginDeps,
  { attempt, error, soFar }: { attempt: Attempt; error: KnownError; soFar: AttemptSoFar },
): Promise<void> {
  const { clientInfo } = soFar;
  const organizationId = asId<OrganizationId>(attempt.organizationId);
  const nowMs = system.clock.nowMs();
  const details = refusalRecord(soFar, error);
  const limit = { audit: store.audit, recordedMax: store.refusalsRecordedMax };
  const facts = { attemptId: attempt.id, code: error.code, meta: loggedFacts(error, soFar), err: error.cause };
  if (errorTable[error.code].status >= 500) system.logger.error(facts, 'sign-in failed');
  else system.logger.warn(facts, 'sign-in refused');
  await store.database.transaction(async (tx) => {
    const end = { outcome: 'refused', code: error.code, user_id: null, details, finished_at: nowMs } as const;
    // If only the response to the commit was lost, the sign-in succeeded, and what it wrote is stored.
    if (!(await refuseAttempt(tx, attempt.id, end))) return;
    if (!(await isRefusalRecorded(limit, tx, { organizationId, nowMs, clientInfo }))) {
      await omitAttempt(tx, attempt.id, { code: error.code, nowMs });
      return;
    }
    await store.audit(tx, {
      organizationId,
      actor: { type: 'anonymous', metadata: {} },
      event: { type: 'sign-in-refused', metadata: { attemptId: attempt.id, code: error.code } },
      clientInfo,
    });
  });
}
