import type { JWK } from 'jose';
import { Check, Prompt } from 'oidc-provider/lib/helpers/interaction_policy/index.js';
import { AccessDenied, CustomOIDCProviderError, InvalidRequest } from 'oidc-provider/lib/helpers/errors.js';
import { type EngineToken, type HookContext, Provider } from 'oidc-provider/lib/provider.js';

import { isPublic } from '../applications/application.ts';
import { clientAuthMethods, idTokenAlgorithms } from '../contract/applications.ts';
import { accountClaims, claimsOfScopes } from './account-claims.ts';
import { fetchClientKeys, requireNarrowAssertion } from './client-assertion.ts';
import { createLibraryState } from './library-state.ts';
import { grantIdOf, supportedScopes } from './projected-state.ts';
import { type AuthorizationFault, currentCall } from './provider-call.ts';
import type { ProviderDeps } from './provider-deps.ts';
import { providerPaths } from './paths.ts';
import { applicationOf, sessionOf } from './read-through.ts';
import { newRefreshTokenValue } from './refresh-token-values.ts';
import { hasSecret } from './secrets.ts';

const lifetimesSeconds = {
  AuthorizationCode: 60,
  AccessToken: 600,
  IdToken: 600,
  PushedAuthorizationRequest: 60,
  // Not stored; the library insists on a number.
  Interaction: 600,
  Session: 600,
  Grant: 600,
} as const;

/** What the library shows of an error, in a page of ours. */
export type RenderError = (context: HookContext, problem: { error: string; description: string }) => void;

/**
 * Builds the protocol engine. Which flows there are is decided here: the authorization code flow and refresh
 * tokens; never an implicit or hybrid flow, a password grant, or a request object (RFC 9700, sections 2.1.2 and 2.4).
 *
 * @param keys the private keys that sign ID tokens, the current one first for each algorithm.
 */
export function buildProvider(
  deps: ProviderDeps,
  { keys, renderError }: { keys: readonly JWK[]; renderError: RenderError },
): Provider {
  const provider = new Provider(deps.site, {
    adapter: createLibraryState(deps),
    jwks: { keys },
    cookies: { names: { session: sessionCookie, interaction: 'unused_interaction', resume: 'unused_resume' } },
    routes: providerPaths,
    scopes: supportedScopes,
    claims: { ...claimsOfScopes, acr: null, iss: null, sid: null },
    // Applications read the ID token; few of them call userinfo. With `true`, its claims would be in userinfo alone.
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    extraParams: ['organization', 'domain_hint'],
    allowOmittingSingleRegisteredRedirectUri: false,
    pkce: { required: isPkceRequired },
    clientAuthMethods,
    clientBasedCORS: allowsOrigin,
    enabledJWA: {
      idTokenSigningAlgValues: idTokenAlgorithms,
      clientAuthSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA'],
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: true },
      introspection: { enabled: true, allowedPolicy: isOwnToken },
      revocation: { enabled: true, allowedPolicy: isOwnToken },
      pushedAuthorizationRequests: { enabled: true },
      clientCredentials: { enabled: false },
      resourceIndicators: { enabled: false },
      claimsParameter: { enabled: false },
      dPoP: { enabled: false },
    },
    ttl: { ...lifetimesSeconds, RefreshToken: (_context: unknown, token: EngineToken) => refreshSeconds(deps, token) },
    // Our storage finds a token only while its session gives access.
    expiresWithSession: () => false,
    rotateRefreshToken: true,
    issueRefreshToken: async (_context: unknown, client: { clientId: string }) =>
      (await applicationOf(deps, currentCall(), client.clientId))?.refreshTokens !== 'none',
    interactions: {
      url: noteInteraction,
      policy: [interactionPrompt('login', 'sign-in'), interactionPrompt('select_account', 'choose'), consentPrompt()],
    },
    loadExistingGrant: async (context: HookContext) => loadGrant(deps, context),
    findAccount: async (context: HookContext, subject: string, token?: EngineToken) =>
      findAccount(deps, context, { subject, token }),
    renderError: (context: HookContext, out: { error: string; error_description?: string }) => {
      renderError(context, { error: out.error, description: out.error_description ?? '' });
    },
    assertJwtClientAuthClaimsAndHeader: (_context: HookContext, claims: object) => {
      requireNarrowAssertion(deps, claims);
    },
    fetch: async (url: string) => fetchClientKeys(deps, url),
  });
  Object.assign(provider.Client.prototype, { compareClientSecret: hasSecret, includeSid: () => true });
  Object.assign(provider.RefreshToken.prototype, { generateTokenId: () => newRefreshTokenValue(deps) });
  return provider;
}

/** The library's cookie for a session. The mount sets it in the request that the library sees, and nowhere else. */
const sessionCookie = 'session';

async function loadGrant(deps: ProviderDeps, context: HookContext): Promise<unknown> {
  const { authorization } = currentCall();
  const application = await applicationOf(deps, currentCall(), context.oidc.client.clientId);
  if (authorization?.session === undefined || application === undefined) return undefined;
  return context.oidc.provider.Grant.find(grantIdOf(authorization.session.sessionId, application.id));
}

async function findAccount(
  deps: ProviderDeps,
  { oidc }: HookContext,
  { subject, token }: { subject: string; token: EngineToken | undefined },
) {
  const call = currentCall();
  const sessionId = token?.sessionUid ?? call.authorization?.session?.sessionId;
  const session = sessionId === undefined ? undefined : await sessionOf(deps, call, sessionId);
  if (session?.userId !== subject) return undefined;
  const application = await applicationOf(deps, call, oidc.client.clientId);
  if (application === undefined) return undefined;
  const domain = session.email.slice(session.email.lastIndexOf('@') + 1);
  return {
    accountId: subject,
    claims: async (use: string, scope: string | undefined) => {
      const ownerId = await deps.ownedDomains.ownerOf(deps.database.db, domain);
      const member = { ...session, isEmailOwned: ownerId === session.organization.id };
      const scopes = new Set((scope ?? '').split(' '));
      return accountClaims(member, { scopes, use: use === 'id_token' ? 'token' : 'response', rule: application });
    },
  };
}

/** A refresh token ends with the session that it came from; the session's end is the latest that the organization allows. */
function refreshSeconds(deps: ProviderDeps, token: EngineToken): number {
  const session = token.sessionUid === undefined ? undefined : currentCall().sessions.get(token.sessionUid);
  const remainingMs = (session?.expiresAtMs ?? 0) - deps.clock.nowMs();
  return Math.max(1, Math.floor(remainingMs / 1000));
}

function isPkceRequired(context: HookContext, client: { clientId: string }): boolean {
  const application = currentCall().applications.get(client.clientId);
  if (application?.pkce !== 'optional' || isPublic(application.kind)) return true;
  return context.oidc.params.nonce === undefined;
}

/** Only pages of an application's own web origins may read answers, so that no other page can use a user's token. */
function allowsOrigin(_context: HookContext, origin: string, client: { clientId: string }): boolean {
  const application = currentCall().applications.get(client.clientId);
  if (application?.kind !== 'spa' || origin === 'null') return false;
  return application.redirectUris.some((uri) => new URL(uri).origin === origin);
}

/** A client may introspect and revoke its own tokens only (RFC 7009, section 2.1; RFC 7662, section 4). */
function isOwnToken(_context: HookContext, client: { clientId: string }, token: EngineToken): boolean {
  return token.clientId === client.clientId;
}

const faultClasses: Readonly<Record<AuthorizationFault['error'], (description: string) => Error>> = {
  invalid_request: (description) => new InvalidRequest(description),
  access_denied: (description) => new AccessDenied(description),
  login_required: (description) => new CustomOIDCProviderError('login_required', description),
  unmet_authentication_requirements: (description) =>
    new CustomOIDCProviderError('unmet_authentication_requirements', description),
};

// The library asks these questions when it has checked everything else about the request, its redirect URI above all.
function interactionPrompt(name: 'login' | 'select_account', decision: 'sign-in' | 'choose'): Prompt {
  const error = name === 'login' ? 'login_required' : 'account_selection_required';
  const check = new Check('needed', 'the user has to act first', error, () => {
    const { authorization } = currentCall();
    if (authorization === undefined) throw new Error('an authorization request without a decision');
    const { fault } = authorization;
    if (fault !== undefined) throw faultClasses[fault.error](fault.description);
    return authorization.decision.kind === decision;
  });
  return withoutItsOwnCheck(name, check);
}

// Applications of the operator and of organizations need none; third parties do.
function consentPrompt(): Prompt {
  return withoutItsOwnCheck('consent', new Check('needed', 'consent is needed', 'consent_required', () => false));
}

// The library would ask again after the sign-in whenever the request has this `prompt`.
function withoutItsOwnCheck(name: string, check: Check): Prompt {
  const prompt = new Prompt({ name, requestable: true }, check);
  prompt.checks.remove(`${name}_prompt`);
  return prompt;
}

// A pushed authorization request is used up by its first use: what continues after the sign-in is in the browser.
async function noteInteraction(
  context: HookContext,
  interaction: { params: Readonly<Record<string, unknown>> },
): Promise<string> {
  await context.oidc.entities.PushedAuthorizationRequest?.consume();
  const call = currentCall();
  if (call.authorization === undefined) throw new Error('an interaction outside an authorization request');
  const cookies = call.keepRequest(interaction.params);
  if (cookies === undefined) throw new InvalidRequest('the request is too long to wait for a sign-in');
  call.responseCookies = cookies;
  return call.authorization.interactionPath;
}
