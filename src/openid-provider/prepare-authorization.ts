import { admitsOrganization, findExclusion } from '../applications/may-use.ts';
import type { Application } from '../applications/application.ts';
import { parseEmailAddress } from '../contract/email-address.ts';
import { parseDomainName } from '../contract/domain-name.ts';
import { type AuthorizationRequest, readAuthorizationRequest } from './authorization-request.ts';
import { type Candidate, chooseSession, type Decision } from './choose-session.ts';
import { findBrowserSessions } from './browser-sessions.ts';
import { findOrganizationNamed, type MemberSession } from './member-queries.ts';
import { withPushedParams } from './pushed-request.ts';
import type { AuthorizationCall, AuthorizationFault, ProviderCall } from './provider-call.ts';
import type { ProviderDeps } from './provider-deps.ts';
import { applicationOf } from './read-through.ts';

/** An authorization request, and the browser that sends it. */
export interface IncomingAuthorization {
  readonly params: URLSearchParams;
  /** The hashes of the browser's session cookies. */
  readonly browserHashes: readonly string[];
  /** When the request arrived first, if its user has been asked since. */
  readonly askedSinceMs: number | undefined;
  /** The page on which the user acts, if they have to. */
  readonly interactionPath: string;
  /** What the user did on the page. */
  readonly answer: UserAnswer | undefined;
}

/** The user went back without signing in, or chose one of the organizations that they are signed in to. */
export type UserAnswer = 'cancelled' | 'chosen';

/** What was decided about an authorization request before the library sees it. */
export interface PreparedAuthorization extends AuthorizationCall {
  readonly request: AuthorizationRequest;
  readonly application: Application | undefined;
  /** The only organization whose members may continue, if the request or a hint names one. */
  readonly organizationId: string | undefined;
}

/** The same for an unknown organization, for one that may not use the application, and for a member who may not. */
const unavailable: AuthorizationFault = {
  error: 'access_denied',
  description: 'the application is not available for this organization',
};

const signIn: Decision = { kind: 'sign-in' };

/**
 * Decides which of the browser's sessions an authorization request may use. The library then checks everything else. An
 * organization that the request names restricts: no session of another one is ever handed to the library.
 */
export async function prepareAuthorization(
  deps: ProviderDeps,
  call: Pick<ProviderCall, 'applications' | 'sessions'>,
  incoming: IncomingAuthorization,
): Promise<PreparedAuthorization> {
  const { interactionPath } = incoming;
  const params = await withPushedParams(deps.database.db, incoming.params, deps.clock.nowMs());
  const request = readAuthorizationRequest(params);
  const application = request.clientId === undefined ? undefined : await applicationOf(deps, call, request.clientId);
  const redirectOrigin = webOriginOf(params.get('redirect_uri'));
  const decided = { request, application, interactionPath, redirectOrigin };
  const prepared = { ...decided, session: undefined, organizationId: undefined };
  const without = (fault?: AuthorizationFault) => ({ ...prepared, decision: signIn, fault });
  if (application === undefined) return without();
  if (incoming.answer === 'cancelled') return without({ error: 'access_denied', description: 'the user went back' });
  if (request.fault !== undefined) {
    return without({ error: 'invalid_request', description: 'only one organization can be named' });
  }
  const place = await findPlace(deps, application, request);
  if (place === 'unavailable') return without(request.wanted.isSilent ? undefined : unavailable);
  const sessions = await findBrowserSessions(deps, application, incoming.browserHashes);
  const decision = chooseSession({
    candidates: sessions.map(candidateOf),
    organizationId: place.organizationId,
    wanted: request.wanted,
    askedSinceMs: incoming.askedSinceMs,
    hasChosen: incoming.answer === 'chosen',
    nowMs: deps.clock.nowMs(),
  });
  const session =
    decision.kind === 'use' ? sessions.find(({ sessionId }) => sessionId === decision.sessionId) : undefined;
  if (session !== undefined) call.sessions.set(session.sessionId, session);
  const fault = faultOf(application, decision, session);
  return { ...decided, organizationId: place.organizationId, decision, session, fault };
}

// A policy is text, so only a whole origin goes into it.
function webOriginOf(redirectUri: string | null): string | undefined {
  const url = redirectUri === null ? null : URL.parse(redirectUri);
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url.origin : undefined;
}

function faultOf(
  application: Application,
  decision: Decision,
  session: MemberSession | undefined,
): AuthorizationFault | undefined {
  if (decision.kind === 'unmet') {
    return decision.missing === 'acr'
      ? { error: 'unmet_authentication_requirements', description: 'the identity provider did not use the wanted acr' }
      : { error: 'login_required', description: 'the identity provider did not authenticate the user again' };
  }
  if (session === undefined) return undefined;
  const user = { organizationId: session.organization.id, groups: session.groups };
  return findExclusion(application, user) === undefined ? undefined : unavailable;
}

/**
 * The organization that an authorization request is about. Three ways to name it restrict it: an application that belongs to
 * one, the parameter, and the scope. Without a name, the domain of a hint leads to its owner.
 */
async function findPlace(
  deps: ProviderDeps,
  application: Application,
  request: AuthorizationRequest,
): Promise<{ readonly organizationId: string | undefined } | 'unavailable'> {
  const { db } = deps.database;
  if (request.organization !== undefined) {
    const named = await findOrganizationNamed(db, request.organization);
    return named !== undefined && admitsOrganization(application, named) ? { organizationId: named } : 'unavailable';
  }
  if (application.organizationId !== null) return { organizationId: application.organizationId };
  const domain = hintedDomain(request);
  const owner = domain === undefined ? undefined : await deps.ownedDomains.ownerOf(db, domain);
  return { organizationId: owner !== undefined && admitsOrganization(application, owner) ? owner : undefined };
}

function hintedDomain({ domainHint, loginHint }: AuthorizationRequest): string | undefined {
  if (domainHint !== undefined) {
    const parsed = parseDomainName(domainHint);
    return parsed.ok ? parsed.domain : undefined;
  }
  const address = loginHint === undefined ? undefined : parseEmailAddress(loginHint);
  return address?.ok === true ? address.address.domain : undefined;
}

function candidateOf({ sessionId, organization, signedInAtMs, authenticatedAtMs, acr }: MemberSession): Candidate {
  return { sessionId, organizationId: organization.id, signedInAtMs, authenticatedAtMs, acr };
}
