import type { JWK } from 'jose';
import { Provider, type Account, type HookContext } from 'oidc-provider/lib/provider.js';

import { signatureAlgorithms } from '../../src/contract/algorithms.ts';
import { toMarkup } from '../../src/http/html.ts';
import type { Random } from '../../src/kernel/random.ts';
import { pageHeaders } from './page-headers.ts';
import { problemPage } from './pages.ts';
import { claimsByScope, claimsOf, subjectOf } from './person-claims.ts';
import { clientMetadata, tokenEndpointAuthMethods } from './practice-client.ts';
import type { PracticeDirectory } from './practice-directory.ts';
import { forgetful, readOnly, type PracticeMemory } from './practice-memory.ts';

/** The path of the sign-in pages; the interaction's ID follows. */
export const signInPath = '/sign-in/';

const lifetimesSeconds = {
  Interaction: 600,
  AuthorizationCode: 60,
  AccessToken: 600,
  IdToken: 300,
  Grant: 600,
  Session: 600,
};

/** The parts of a provider. */
interface ProviderParts {
  readonly issuer: string;
  readonly directory: PracticeDirectory;
  readonly memory: PracticeMemory;
  readonly keys: readonly JWK[];
  readonly cookieKeys: readonly string[];
}

/** Random keys for the provider's cookies. They live as long as the provider. */
export function newCookieKeys(random: Random): readonly string[] {
  return [random.token(32)];
}

/**
 * The OpenID provider itself: only the authorization code flow with PKCE (RFC 7636) and `S256`.
 *
 * It sets every option for which the library would print a warning at start.
 */
export function buildProvider(parts: ProviderParts): Provider {
  const { directory, memory } = parts;
  return new Provider(parts.issuer, {
    adapter: (model: string) => {
      if (model === 'Session') return forgetful;
      if (model === 'Client') return readOnly((id) => optional(directory.findClient(id), clientMetadata));
      return memory.of(model);
    },
    jwks: { keys: parts.keys },
    cookies: {
      keys: parts.cookieKeys,
      names: { session: 'practice_session', interaction: 'practice_interaction', resume: 'practice_resume' },
    },
    routes: { authorization: '/authorize', token: '/token', userinfo: '/userinfo', jwks: '/jwks' },
    scopes: Object.keys(claimsByScope),
    claims: claimsByScope,
    // Many real providers put the claims into the ID token, although the code flow returns them from userinfo (OpenID
    // Connect Core 1.0, section 5.4). With `false` the library does so too.
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    pkce: { required: () => true },
    clientAuthMethods: tokenEndpointAuthMethods,
    fetch: fetchClientKeys,
    enabledJWA: { idTokenSigningAlgValues: signatureAlgorithms },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      dPoP: { enabled: false },
      resourceIndicators: { enabled: false },
    },
    ttl: lifetimesSeconds,
    expiresWithSession: () => false,
    interactions: { url: (_context: HookContext, { uid }: { uid: string }) => `${signInPath}${uid}` },
    loadExistingGrant: grantEverything,
    findAccount: (_context: HookContext, subject: string) => findAccount(directory, subject),
    renderError,
  });

  // There is no consent page: the client gets every scope that it requests.
  async function grantEverything(context: HookContext): Promise<unknown> {
    const { client, session, params, provider } = context.oidc;
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope(params.scope ?? 'openid');
    await grant.save();
    return grant;
  }
}

// The library fetches a client's keys with a dispatcher that blocks local addresses. Clients of the practice provider
// are always local.
async function fetchClientKeys(url: string, { method, headers, signal }: RequestInit): Promise<Response> {
  return globalThis.fetch(url, { method: method ?? 'GET', headers: headers ?? {}, signal: signal ?? null });
}

function findAccount(directory: PracticeDirectory, subject: string): Account | undefined {
  const person = directory.people().find((one) => subjectOf(one) === subject);
  return optional(person, (one) => ({ accountId: subject, claims: async () => claimsOf(one) }));
}

function renderError(context: HookContext, answer: { error: string; error_description?: string }): void {
  context.set(pageHeaders());
  context.body = toMarkup(problemPage(`${answer.error}: ${answer.error_description ?? 'no more is known'}`));
}

function optional<In, Out>(value: In | undefined, then: (value: In) => Out): Out | undefined {
  return value === undefined ? undefined : then(value);
}
