import type { ClientInfo } from '../contract/actor.ts';
import { type DomainName, parseDomainName } from '../contract/domain-name.ts';
import { parseEmailAddress } from '../contract/email-address.ts';
import { appError, isKnownError, type KnownError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { returnToLengthMax } from '../contract/limits.ts';
import { callbackPath } from '../contract/login.ts';
import type { AttemptRoute } from '../contract/login-attempts.ts';
import { isRefusalRecorded } from '../login-attempts/limit-refusals.ts';
import { refusalRecord } from '../login-attempts/write-record.ts';
import { type AttemptTrace, createTrace } from '../oidc/attempt-trace.ts';
import type { WantedAuthentication } from '../oidc/authorization/wanted-authentication.ts';
import type { OidcConfigRow } from '../connections/queries.ts';
import { toConnection } from '../connections/settings-row.ts';
import { type Attempt, newState, sealAttempt } from './attempt.ts';
import type { Continuation } from './continuation.ts';
import { readCallbackPort } from './callback-port.ts';
import type { LoginDeps } from './login-deps.ts';
import { findActiveConfig, insertAttempt } from './queries.ts';
import { recordOf } from './record-attempt.ts';
import { checkReturnTo } from './return-to.ts';
import { type WayBack, wayBackOf } from './way-back.ts';

/**
 * What identifies the organization of a sign-in. A domain takes precedence over an address, and an address over a slug.
 */
export interface LoginRequest {
  readonly domain?: string | undefined;
  readonly email?: string | undefined;
  readonly orgSlug?: string | undefined;
  readonly callbackPort?: string | undefined;
  readonly returnTo?: string | undefined;
}

/** The URL of the identity provider, or the attempt that failed to reach it. */
export type LoginStart =
  | { readonly kind: 'redirect'; readonly url: URL; readonly state: string; readonly sealed: string }
  | { readonly kind: 'failed'; readonly attemptId: string; readonly error: KnownError; readonly way: WayBack };

/**
 * Starts a sign-in. An unknown organization and one without an active connection give the same error.
 *
 * @throws `sign_in_unavailable`, `return_to_refused`, `return_to_too_long` or `validation_failed`
 */
export async function startLogin(deps: LoginDeps, request: LoginRequest, clientInfo: ClientInfo): Promise<LoginStart> {
  const continuation = readContinuation(deps, request);
  const target = await findTarget(deps, request);
  return begin(deps, { target, kept: { continuation }, email: request.email, by: routeOf(request) }, clientInfo);
}

/**
 * Starts the sign-in of a user who opened an invitation link. The attempt stores the link, so that the invitation
 * counts for this sign-in only.
 *
 * @throws `sign_in_unavailable`
 */
export async function startInvitedLogin(
  deps: LoginDeps,
  invitation: { readonly organization_id: string; readonly email: string; readonly token_hash: string },
  clientInfo: ClientInfo,
): Promise<LoginStart> {
  const target = await findActiveConfig(deps.store.database.db, { id: invitation.organization_id });
  const kept = { continuation: { kind: 'page' }, invitationHash: invitation.token_hash } as const;
  return begin(deps, { target, kept, email: invitation.email, by: 'invitation' }, clientInfo);
}

/**
 * Starts a sign-in for an application's authorization request, at the provider of a known organization.
 *
 * @throws `sign_in_unavailable`
 */
export async function startApplicationLogin(
  deps: LoginDeps,
  wanted: WantedAuthentication & {
    readonly organizationId: string;
    readonly requestId: string;
    readonly loginHint: string | undefined;
    readonly by: AttemptRoute;
  },
  clientInfo: ClientInfo,
): Promise<LoginStart> {
  const { organizationId, requestId, loginHint: email, by } = wanted;
  const target = await findActiveConfig(deps.store.database.db, { id: organizationId });
  const kept = { continuation: { kind: 'application', requestId } } as const;
  return begin(deps, { target, kept, email, by, wanted }, clientInfo);
}

/**
 * The organization that an e-mail address or a slug leads to, if its members can sign in.
 */
export async function findOrganizationOf(deps: LoginDeps, request: LoginRequest): Promise<string | undefined> {
  return (await findTarget(deps, request))?.organization_id;
}

/**
 * Starts the sign-in of an attempt once more, with a new `state` and nonce, for the same organization and target.
 *
 * @throws `sign_in_unavailable`
 */
export async function restartLogin(deps: LoginDeps, attempt: Attempt, clientInfo: ClientInfo): Promise<LoginStart> {
  const { organizationId, continuation, invitationHash } = attempt;
  const target = await findActiveConfig(deps.store.database.db, { id: organizationId });
  const kept = { continuation, isRestart: true, ...(invitationHash === undefined ? {} : { invitationHash }) };
  return begin(deps, { target, kept, email: undefined, by: attempt.start?.by ?? 'organization' }, clientInfo);
}

async function begin(
  deps: LoginDeps,
  { target, ...rest }: Pick<Outset, 'kept' | 'email' | 'by' | 'wanted'> & { target: OidcConfigRow | undefined },
  clientInfo: ClientInfo,
): Promise<LoginStart> {
  if (target === undefined) throw appError('sign_in_unavailable');
  const attemptId = deps.system.random.uuidOfNow();
  const outset = { ...rest, target, attemptId, trace: createTrace(deps.system.clock) };
  try {
    return await redirectToProvider(deps, outset);
  } catch (thrown) {
    if (!isKnownError(thrown) || thrown.code === 'storage_unavailable') throw thrown;
    deps.system.logger.warn({ attemptId, code: thrown.code, meta: thrown.meta }, 'sign-in could not start');
    await recordFailedStart(deps, { outset, error: thrown, clientInfo });
    const organizationId = target.organization_id;
    const way = await wayBackOf(deps.store.database.db, { organizationId, ...rest.kept });
    return { kind: 'failed', attemptId, error: thrown, way };
  }
}

// A program that waits gets its session, whatever page is named as well.
function readContinuation({ site }: LoginDeps, { returnTo = '', callbackPort = '' }: LoginRequest): Continuation {
  const port = callbackPort === '' ? undefined : readCallbackPort(callbackPort);
  const target = returnTo === '' ? undefined : requireReturnTo(returnTo, site);
  if (port !== undefined) return { kind: 'program', callbackPort: port };
  return target === undefined ? { kind: 'page' } : { kind: 'page', returnTo: target };
}

function requireReturnTo(returnTo: string, site: LoginDeps['site']): string {
  const target = checkReturnTo(returnTo, { site: site.webOrigin, allowedOrigins: site.returnToWebOrigins });
  if (target === undefined) throw appError('return_to_refused');
  if (target.length > returnToLengthMax) throw appError('return_to_too_long');
  return target;
}

async function findTarget(
  { store, ownedDomains }: LoginDeps,
  request: LoginRequest,
): Promise<OidcConfigRow | undefined> {
  const { db } = store.database;
  const place = placeOf(request);
  switch (place.kind) {
    case 'domain': {
      // Query for unclaimed domains too, so that timing does not reveal which domains are claimed.
      const id = (await ownedDomains.ownerOf(db, place.domain)) ?? '';
      return findActiveConfig(db, { id });
    }
    case 'slug':
      return findActiveConfig(db, { slug: place.slug });
    case 'none':
      return undefined;
    default:
      return place satisfies never;
  }
}

type Place = { kind: 'domain'; domain: DomainName } | { kind: 'slug'; slug: string } | { kind: 'none' };

function placeOf({ domain, email, orgSlug }: LoginRequest): Place {
  if (domain !== undefined && domain !== '') {
    const parsed = parseDomainName(domain);
    return parsed.ok ? { kind: 'domain', domain: parsed.domain } : { kind: 'none' };
  }
  if (email !== undefined && email !== '') {
    const parsed = parseEmailAddress(email);
    return parsed.ok ? { kind: 'domain', domain: parsed.address.domain } : { kind: 'none' };
  }
  return orgSlug === undefined || orgSlug === '' ? { kind: 'none' } : { kind: 'slug', slug: orgSlug.toLowerCase() };
}

/** What identified the organization. An empty value counts as missing. */
function routeOf({ domain = '', email = '' }: LoginRequest): AttemptRoute {
  if (domain !== '') return 'domain';
  return email === '' ? 'organization' : 'email';
}

interface Outset {
  readonly target: OidcConfigRow;
  /** What the attempt keeps until its callback. */
  readonly kept: Pick<Attempt, 'continuation' | 'invitationHash' | 'isRestart'>;
  readonly attemptId: string;
  readonly email: string | undefined;
  readonly by: AttemptRoute;
  readonly trace: AttemptTrace;
  /** What an application asks of the authentication. */
  readonly wanted?: WantedAuthentication;
}

async function redirectToProvider(deps: LoginDeps, outset: Outset): Promise<LoginStart> {
  const { target, kept, attemptId, email, by, trace, wanted } = outset;
  const { store, relyingParty, site, system } = deps;
  const nowMs = system.clock.nowMs();
  const state = newState(nowMs, system.random);
  const connection = toConnection(target, store.keyring);
  const redirectUri = `${site.webOrigin}${callbackPath}`;
  const hint = email === undefined || email === '' ? {} : { loginHint: email };
  const { url, discovery, ...secrets } = await relyingParty.startAuthorization(connection, {
    redirectUri,
    state,
    ...hint,
    ...(wanted === undefined ? {} : { wanted }),
  });
  const sealed = sealAttempt(store.keyring, state, {
    id: attemptId,
    organizationId: target.organization_id,
    configId: target.id,
    revision: target.revision,
    ...secrets,
    ...kept,
    startedAtMs: nowMs,
    start: { by, discovery, durationMs: trace.sinceLastMs() },
  });
  return { kind: 'redirect', url, state, sealed };
}

// Anyone can start any number of sign-ins at a provider that does not respond, so few of them are recorded.
async function recordFailedStart(
  { store, system }: LoginDeps,
  { outset, error, clientInfo }: { outset: Outset; error: KnownError; clientInfo: ClientInfo },
): Promise<void> {
  const { attemptId, target, by, trace } = outset;
  const nowMs = system.clock.nowMs();
  const organizationId = asId<OrganizationId>(target.organization_id);
  const record = recordOf({ attemptId, organizationId, startedAtMs: nowMs });
  const soFar = { by, revision: target.revision, clientInfo, trace, secrets: [] };
  const end = {
    outcome: 'refused',
    code: error.code,
    details: refusalRecord(soFar, error),
    finished_at: nowMs,
  } as const;
  const limit = { audit: store.audit, recordedMax: store.refusalsRecordedMax };
  await store.database.transaction(
    async (tx) => {
      if (await isRefusalRecorded(limit, tx, { organizationId, nowMs, clientInfo })) {
        await insertAttempt(tx, { ...record, ...end });
      }
    },
    { durability: 'relaxed' },
  );
  system.logger.debug({ attemptId, ipAddress: clientInfo.ipAddress }, 'attempt recorded');
}
