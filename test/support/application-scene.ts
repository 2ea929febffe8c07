import { createHash, randomBytes } from 'node:crypto';

import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';

import type { Application } from '../../src/contract/applications.ts';
import { type BrowserClient, openBrowser, type PageAnswer } from './browser-client.ts';
import type { LoginScene } from './login-scene.ts';

export const callback = 'https://app.example/callback';

/** An application that a test registered. */
export interface TestApplication extends Application {
  readonly clientSecret: string;
}

/** Registers an application of the operator, or of the organization that the settings name. */
export async function addApplication({ server, boot }: LoginScene, settings: object = {}): Promise<TestApplication> {
  const json = { name: 'Wiki', redirectUris: [callback], ...settings };
  const { status, body, text } = await server.call('/api/v1/applications', { token: boot.token, json });
  if (status !== 200) throw new Error(text);
  return { ...body.application, clientSecret: body.clientSecret ?? '' };
}

/** An authorization request, with what the application keeps for its callback. */
export interface SentRequest {
  readonly url: string;
  readonly verifier: string;
  readonly state: string;
}

/** An authorization request of an application, with PKCE. A parameter that is `undefined` is left out. */
export function authorizationRequest(
  { server }: LoginScene,
  application: Pick<Application, 'clientId'>,
  params: Readonly<Record<string, string | undefined>> = {},
): SentRequest {
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(8).toString('hex');
  const wanted = {
    response_type: 'code',
    client_id: application.clientId,
    redirect_uri: callback,
    scope: 'openid',
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...params,
  };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(wanted)) if (value !== undefined) query.set(name, value);
  return { url: `${server.url}/oauth/authorize?${query.toString()}`, verifier, state };
}

const hopsMax = 12;

/** Follows redirects, through the identity provider too, to the application or to a page. */
export async function follow(browser: BrowserClient, url: string): Promise<PageAnswer> {
  let next = url;
  for (let hop = 0; hop < hopsMax; hop += 1) {
    const answer = await browser.visit(next);
    if (answer.location === '' || answer.location.startsWith(callback)) return answer;
    next = answer.location;
  }
  throw new Error(`too many redirects, the last to ${next}`);
}

/** The parameters of the authorization response. @throws if the browser stays on a page. */
export function responseOf({ location, status, text }: PageAnswer): URLSearchParams {
  if (!location.startsWith(callback)) throw new Error(`no authorization response: ${status} ${text.slice(0, 2000)}`);
  return new URL(location).searchParams;
}

/** A token response. */
export interface TokenAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, string>;
}

/** Sends a form to an endpoint of the OpenID Provider, as the application, by `client_secret_basic` if it has a secret. */
export async function post(
  { server }: LoginScene,
  path: string,
  {
    application,
    form,
  }: { application: Pick<TestApplication, 'clientId' | 'clientSecret'>; form: Record<string, string> },
): Promise<TokenAnswer> {
  const { clientId, clientSecret } = application;
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  const isPublic = clientSecret === '';
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: isPublic ? {} : { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ ...form, ...(isPublic ? { client_id: clientId } : {}) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
}

/** Exchanges a code for tokens. */
export async function exchange(
  scene: LoginScene,
  application: TestApplication,
  { code, verifier }: { code: string; verifier: string },
): Promise<TokenAnswer> {
  const form = { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier };
  return post(scene, '/oauth/token', { application, form });
}

/** Signs a browser in to an application, and verifies its ID token with the published keys. */
export async function signInToApplication(
  scene: LoginScene,
  application: TestApplication,
  {
    params = {},
    browser = openBrowser(),
  }: { params?: Record<string, string | undefined>; browser?: BrowserClient } = {},
): Promise<{
  tokens: Record<string, string>;
  claims: JWTPayload;
  browser: BrowserClient;
  code: string;
  verifier: string;
}> {
  const request = authorizationRequest(scene, application, params);
  const response = responseOf(await follow(browser, request.url));
  const code = response.get('code');
  if (code === null) throw new Error(`no code: ${response.toString()}`);
  const { status, body } = await exchange(scene, application, { code, verifier: request.verifier });
  if (status !== 200) throw new Error(JSON.stringify(body));
  const claims = await verifyIdToken(scene, application, body['id_token'] ?? '');
  return { tokens: body, claims, browser, code, verifier: request.verifier };
}

/** The claims of an ID token for an application, verified as a client does. */
async function verifyIdToken(
  { server }: LoginScene,
  { clientId, idTokenSignedResponseAlg }: Application,
  idToken: string,
): Promise<JWTPayload> {
  const keys = createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`));
  const expected = { issuer: server.url, audience: clientId, algorithms: [idTokenSignedResponseAlg] };
  return (await jwtVerify(idToken, keys, expected)).payload;
}
