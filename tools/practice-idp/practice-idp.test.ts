import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { signInAt, startPracticeIdpForTest } from '../../test/support/practice-idp.ts';
import { signatureAlgorithms } from '../../src/contract/algorithms.ts';
import type { PracticeClient } from './practice-client.ts';
import { tokenEndpointAuthMethods } from './practice-client.ts';
import type { PracticeIdp } from './start-practice-idp.ts';

const redirectUri = 'http://localhost:8080/callback';
const scope = 'openid profile email';
const client: PracticeClient = {
  clientId: 'practice-app',
  clientSecret: 'a secret of practice that is long enough',
  redirectUris: [redirectUri],
};

const running: PracticeIdp[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(running.splice(0).map((idp) => idp.close()));
});

async function start(...clients: readonly PracticeClient[]): Promise<PracticeIdp> {
  const idp = await startPracticeIdpForTest(...clients);
  running.push(idp);
  return idp;
}

// oxlint-disable-next-line typescript/no-deprecated -- the library marks it only to make it noticeable
const plainHttp = { [oauth.allowInsecureRequests]: true };

async function discover(idp: PracticeIdp): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(idp.issuer);
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, plainHttp));
}

function authorizationUrl({ authorization_endpoint: endpoint }: oauth.AuthorizationServer, parameters: object): URL {
  const url = new URL(expectDefined(endpoint));
  const query = { client_id: client.clientId, response_type: 'code', scope, ...parameters };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

/** The steps of a sign-in up to the code. `exchange` exchanges the code for tokens. */
async function obtainCode(idp: PracticeIdp, as: PracticeClient, person: string) {
  const server = await discover(idp);
  const codeVerifier = oauth.generateRandomCodeVerifier();
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
  const request = authorizationUrl(server, {
    redirect_uri: redirectUri,
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
  });
  const callback = await signInAt(request, person);
  const relyingParty = { client_id: as.clientId, id_token_signed_response_alg: as.idTokenAlgorithm ?? 'RS256' };
  const authentication =
    as.tokenEndpointAuthMethod === 'client_secret_post'
      ? oauth.ClientSecretPost(as.clientSecret)
      : oauth.ClientSecretBasic(as.clientSecret);
  const exchange = async () => {
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      relyingParty,
      authentication,
      oauth.validateAuthResponse(server, relyingParty, callback, state),
      redirectUri,
      codeVerifier,
      plainHttp,
    );
    const check = { expectedNonce: nonce, requireIdToken: true };
    const tokens = await oauth.processAuthorizationCodeResponse(server, relyingParty, response, check);
    return { ...tokens, claims: expectDefined(oauth.getValidatedIdTokenClaims(tokens)) };
  };
  return { server, relyingParty, callback, exchange };
}

async function signIn(idp: PracticeIdp, as: PracticeClient, person: string) {
  const { exchange, ...begun } = await obtainCode(idp, as, person);
  return { ...begun, tokens: await exchange() };
}

describe('the discovery document', () => {
  it('describes the provider under the issuer that it is served by', async () => {
    const idp = await start(client);
    const document: unknown = await (await fetch(idp.discoveryUrl)).json();
    expect(document).toMatchObject({
      issuer: idp.issuer,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: [...tokenEndpointAuthMethods],
      authorization_response_iss_parameter_supported: true,
      id_token_signing_alg_values_supported: expect.arrayContaining([...signatureAlgorithms]),
      claims_supported: expect.arrayContaining(['email', 'email_verified', 'given_name', 'family_name', 'groups']),
    });
  });
});

describe('a sign-in', () => {
  it('returns the same claims in the ID token and from the userinfo endpoint', async () => {
    const idp = await start(client);
    const { server, relyingParty, callback, tokens } = await signIn(idp, client, 'alice');
    const claims = {
      sub: 'practice-alice',
      email: 'alice@acme.example',
      email_verified: true,
      name: 'Alice Admin',
      given_name: 'Alice',
      family_name: 'Admin',
      groups: ['Engineering', 'Admins'],
    };
    expect(callback.searchParams.get('iss')).toBe(idp.issuer);
    expect(tokens.claims).toMatchObject(claims);
    const response = await oauth.userInfoRequest(server, relyingParty, tokens.access_token, plainHttp);
    const userinfo = await oauth.processUserInfoResponse(server, relyingParty, tokens.claims.sub, response);
    expect(userinfo).toMatchObject(claims);
  });

  it('distinguishes "no groups" from "no groups claim"', async () => {
    const idp = await start(client);
    const person = { ...expectDefined(idp.people()[0]), loginName: 'dave' };
    const { groups: _untold, ...withoutGroups } = person;
    idp.replacePeople([{ ...person, groups: [], loginName: 'carol' }, withoutGroups]);
    expect((await signIn(idp, client, 'carol')).tokens.claims).toHaveProperty('groups', []);
    expect((await signIn(idp, client, 'dave')).tokens.claims).not.toHaveProperty('groups');
  });

  it.each(signatureAlgorithms)('is signed with %s if the client registered it', async (idTokenAlgorithm) => {
    const as = { ...client, idTokenAlgorithm };
    const { server, tokens } = await signIn(await start(as), as, 'bob');
    const published = createRemoteJWKSet(new URL(expectDefined(server.jwks_uri)));
    const shared = new TextEncoder().encode(as.clientSecret);
    const options = { algorithms: [idTokenAlgorithm] };
    const verified =
      idTokenAlgorithm === 'HS256'
        ? await jwtVerify(expectDefined(tokens.id_token), shared, options)
        : await jwtVerify(expectDefined(tokens.id_token), published, options);
    expect(verified).toMatchObject({ payload: { sub: 'practice-bob' }, protectedHeader: { alg: idTokenAlgorithm } });
  });

  it('can be finished by a client that posts its secret', async () => {
    const as: PracticeClient = { ...client, tokenEndpointAuthMethod: 'client_secret_post' };
    const { tokens } = await signIn(await start(as), as, 'bob');
    expect(tokens.claims).toMatchObject({ email: 'bob@acme.example' });
  });

  it('works for a client that was registered later', async () => {
    const idp = await start();
    idp.registerClient(client);
    expect((await signIn(idp, client, 'carol')).tokens.claims).toMatchObject({ email: 'carol@acme.example' });
  });

  it('writes nothing to the console', async () => {
    const written = vi.fn();
    for (const method of ['log', 'info', 'warn', 'error'] as const) {
      vi.spyOn(console, method).mockImplementation(written);
    }
    await signIn(await start(client), client, 'alice');
    expect(written).not.toHaveBeenCalled();
  });
});

describe('after a key rotation', () => {
  it('signs with a new key and no longer publishes the old one', async () => {
    const idp = await start(client);
    const before = await signIn(idp, client, 'alice');
    await idp.rotateKeys();
    const after = await signIn(idp, client, 'alice');
    const oldKey = decodeProtectedHeader(before.tokens.id_token ?? '').kid;
    const newKey = decodeProtectedHeader(after.tokens.id_token ?? '').kid;
    const published = await (await fetch(expectDefined(after.server.jwks_uri))).text();
    expect(newKey).not.toBe(oldKey);
    expect(published).toContain(newKey);
    expect(published).not.toContain(oldKey);
  });

  it('still accepts a code that was issued before', async () => {
    const idp = await start(client);
    const { exchange } = await obtainCode(idp, client, 'alice');
    await idp.rotateKeys();
    expect((await exchange()).claims).toMatchObject({ sub: 'practice-alice' });
  });
});

describe('a refusal', () => {
  it('rejects a used code', async () => {
    const { exchange } = await obtainCode(await start(client), client, 'alice');
    await exchange();
    await expect(exchange()).rejects.toMatchObject({ code: 'OAUTH_RESPONSE_BODY_ERROR', error: 'invalid_grant' });
  });

  it('returns to the client if the user declines', async () => {
    const refusal = signIn(await start(client), client, '');
    await expect(refusal).rejects.toMatchObject({ code: 'OAUTH_AUTHORIZATION_RESPONSE_ERROR', error: 'access_denied' });
  });

  it('rejects a wrong client secret', async () => {
    const idp = await start(client);
    const refusal = signIn(idp, { ...client, clientSecret: 'another secret that is long enough as well' }, 'alice');
    await expect(refusal).rejects.toMatchObject({ code: 'OAUTH_WWW_AUTHENTICATE_CHALLENGE', status: 401 });
  });

  it('rejects an authorization request without PKCE', async () => {
    const idp = await start(client);
    const url = authorizationUrl(await discover(idp), { redirect_uri: redirectUri, state: 's' });
    expect((await signInAt(url, 'alice')).searchParams.get('error')).toBe('invalid_request');
  });

  it('rejects an unknown redirect URI without a redirect', async () => {
    const idp = await start(client);
    const url = authorizationUrl(await discover(idp), { redirect_uri: 'http://localhost:8080/elsewhere' });
    const response = await fetch(url, { redirect: 'manual', headers: { accept: 'text/html' } });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('invalid_redirect_uri');
  });

  it('rejects a sign-in page that was opened without its cookie', async () => {
    const idp = await start(client);
    const response = await fetch(`${idp.issuer}/sign-in/unknown`);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('This sign-in cannot go on');
  });
});

function expectDefined<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new TypeError('expected a value');
  return value;
}
