import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { text } from 'node:stream/consumers';

import type { SignatureAlgorithm } from '../../src/contract/algorithms.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { createProviderKey, signClaims, type ProviderKey } from './faulty-idp-keys.ts';
import { jsonReply, sendReply, type Reply } from './faulty-idp-replies.ts';

export type Claims = Record<string, unknown>;
export type Endpoint = 'discovery' | 'keys' | 'authorization' | 'token' | 'userinfo';
type Place = Exclude<Endpoint, 'discovery'>;

/** A granted authorization request, as the token endpoint stores it. */
export interface Grant {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly nonce: string | undefined;
  readonly codeChallenge: string | undefined;
  readonly claims: Claims;
}

/**
 * The provider's faults. Each function gets what a correct provider would send and returns what this one sends. {@link
 * FaultyIdp.mutate}
 * replaces them at any time.
 */
export interface Mutations {
  discovery?: (document: Claims) => unknown;
  keys?: (jwks: { keys: Claims[] }) => unknown;
  /** The parameters of the redirect back to the client. */
  callback?: (parameters: URLSearchParams) => void;
  idTokenClaims?: (claims: Claims, grant: Grant) => Claims;
  /** Members that are added to the header, or replace its members. */
  idTokenHeader?: Record<string, unknown>;
  /** The whole signing, for tokens with a wrong signature or none. */
  sign?: (claims: Claims, key: ProviderKey) => Promise<string> | string;
  token?: (body: Claims) => unknown;
  userinfo?: (claims: Claims) => unknown;
  /** Overrides the option of this name. */
  takesRawCredentials?: boolean;
  /** Changes any endpoint's reply at last: status, headers, body, delays, hanging, cutting, pouring. */
  reply?: Partial<Record<Endpoint, (reply: Reply, request: IncomingMessage) => Reply | Promise<Reply>>>;
}

export interface FaultyIdpOptions {
  readonly algorithm?: SignatureAlgorithm;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Accepts Basic credentials without form-encoding, against RFC 6749, as many providers do. */
  readonly takesRawCredentials?: boolean;
  /** The issuer's path, such as `/tenant` or `/`. */
  readonly issuerPath?: string;
  readonly port?: number;
  /** Endpoints at unusual paths. */
  readonly paths?: Partial<Record<Place, string>>;
  /** Uses https with this name and certificate, instead of http at 127.0.0.1. */
  readonly tls?: { readonly host: string; readonly cert: string; readonly key: string };
  readonly clock?: Clock;
  /** The user who signs in, by the authorization request. Used in the ID token and at userinfo. */
  readonly claims?: Claims | ((request: URLSearchParams) => Claims);
  readonly mutate?: Mutations;
  /** For runs of many sign-ins: no request is recorded, and only the latest codes and access tokens are valid. */
  readonly forgets?: boolean;
}

export interface RecordedRequest {
  readonly endpoint: Endpoint | 'unknown';
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: URLSearchParams;
}

/** A running provider. */
export interface FaultyIdp {
  readonly issuer: string;
  /** `http://127.0.0.1:port`, whatever the issuer's path. */
  readonly url: string;
  readonly discoveryUrl: string;
  /** The URLs of the other endpoints. */
  readonly endpoints: Readonly<Record<Place, string>>;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly requests: readonly RecordedRequest[];
  /** How often an endpoint was called. */
  count(endpoint: Endpoint): number;
  setClaims(claims: Claims | ((request: URLSearchParams) => Claims)): void;
  /** Replaces the given mutations and keeps the others; an `undefined` one restores correct behaviour. */
  mutate(mutations: { [Name in keyof Mutations]?: Mutations[Name] | undefined }): void;
  /** From now on a new key signs and is the only published one. Returns it. */
  rotateKeys(): Promise<ProviderKey>;
  close(): Promise<void>;
}

/** The user who signs in by default. */
const defaultClaims: Claims = {
  sub: 'subject-of-alice',
  email: 'alice@acme.example',
  email_verified: true,
  given_name: 'Alice',
  family_name: 'Practice',
  name: 'Alice Practice',
  groups: ['Engineering', 'Admins'],
};

/**
 * Starts an OpenID provider on a loopback port, with real sockets and real signatures. A test can change every
 * response. Its authorization
 * endpoint redirects the browser back with a code at once. As a correct provider does, it checks the client, the
 * redirect URI, PKCE and that
 * a code is used once.
 */
export async function startFaultyIdp(options: FaultyIdpOptions = {}): Promise<FaultyIdp> {
  const clientId = options.clientId ?? 'sallyport-client';
  const clientSecret = options.clientSecret ?? 'a client secret of 32 bytes & more: %+~';
  const algorithm = options.algorithm ?? 'RS256';
  const requests: RecordedRequest[] = [];
  const server = options.tls === undefined ? createServer() : createTlsServer(options.tls);
  const port = await listen(server, options.port ?? 0);
  const url = options.tls === undefined ? `http://127.0.0.1:${port}` : `https://${options.tls.host}:${port}`;
  const paths = { ...usualPaths, ...options.paths };
  const state: State = {
    paths,
    issuer: url + (options.issuerPath ?? ''),
    url,
    clientId,
    clientSecret,
    takesRawCredentials: options.takesRawCredentials ?? false,
    algorithm,
    clock: options.clock ?? systemClock,
    key: await createProviderKey(algorithm, 'key-1', clientSecret),
    keyCount: 1,
    claims: options.claims ?? defaultClaims,
    mutations: { ...options.mutate },
    codes: new Map(),
    accessTokens: new Map(),
    remembered: options.forgets === true ? rememberedMax : Number.POSITIVE_INFINITY,
  };
  const record = options.forgets === true ? () => undefined : (request: RecordedRequest) => void requests.push(request);
  server.on('request', (request, response) => {
    handle(state, record, { request, response }).catch(() => response.destroy());
  });
  return {
    issuer: state.issuer,
    url,
    discoveryUrl: `${state.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    endpoints: endpointsAt(state),
    clientId,
    clientSecret,
    requests,
    count: (endpoint) => requests.filter((request) => request.endpoint === endpoint).length,
    setClaims: (claims) => {
      state.claims = claims;
    },
    mutate: (mutations) => {
      state.mutations = Object.fromEntries(Object.entries({ ...state.mutations, ...mutations }));
    },
    rotateKeys: async () => {
      state.keyCount += 1;
      state.key = await createProviderKey(algorithm, `key-${state.keyCount}`, clientSecret);
      return state.key;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

interface State {
  readonly paths: Readonly<Record<Place, string>>;
  readonly issuer: string;
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly takesRawCredentials: boolean;
  readonly algorithm: SignatureAlgorithm;
  readonly clock: Clock;
  key: ProviderKey;
  keyCount: number;
  claims: Claims | ((request: URLSearchParams) => Claims);
  mutations: Mutations;
  readonly codes: Map<string, Grant>;
  readonly accessTokens: Map<string, Claims>;
  /** How many codes, and how many access tokens, are kept. */
  readonly remembered: number;
}

/** With up to hundreds in progress, no client sends an older one. */
const rememberedMax = 2_000;

function remember<Value>(map: Map<string, Value>, entry: { key: string; value: Value; countMax: number }): void {
  map.set(entry.key, entry.value);
  const [oldest] = map.keys();
  if (map.size > entry.countMax && oldest !== undefined) map.delete(oldest);
}

const usualPaths: Readonly<Record<Place, string>> = {
  keys: '/keys',
  authorization: '/authorize',
  token: '/token',
  userinfo: '/userinfo',
};

const places = ['keys', 'authorization', 'token', 'userinfo'] as const;

function endpointsAt({ url, paths }: Pick<State, 'url' | 'paths'>): Record<Place, string> {
  const { keys, authorization, token, userinfo } = paths;
  return { keys: url + keys, authorization: url + authorization, token: url + token, userinfo: url + userinfo };
}

async function handle(
  state: State,
  record: (request: RecordedRequest) => void,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  const url = new URL(request.url ?? '/', state.url);
  const isDiscovery = /\/\.well-known\/openid-configuration\/?$/.test(url.pathname);
  const endpoint = isDiscovery ? 'discovery' : places.find((place) => state.paths[place] === url.pathname);
  const body = new URLSearchParams(await text(request));
  const { method = 'GET', headers } = request;
  record({ endpoint: endpoint ?? 'unknown', method, url, headers, body });
  if (endpoint === undefined) {
    return sendReply(jsonReply({ error: 'not_found' }, 404), response);
  }
  const good = await endpoints[endpoint](state, { url, headers, body });
  const mutate = state.mutations.reply?.[endpoint];
  return sendReply(mutate === undefined ? good : await mutate(good, request), response);
}

interface Asked {
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: URLSearchParams;
}

const endpoints: Readonly<Record<Endpoint, (state: State, asked: Asked) => Reply | Promise<Reply>>> = {
  discovery: ({ issuer, url, paths, algorithm, mutations }) => {
    const at = endpointsAt({ url, paths });
    const document = {
      issuer,
      authorization_endpoint: at.authorization,
      token_endpoint: at.token,
      jwks_uri: at.keys,
      userinfo_endpoint: at.userinfo,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [algorithm],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      authorization_response_iss_parameter_supported: true,
    };
    return jsonReply(mutations.discovery?.(document) ?? document);
  },
  keys: ({ key, mutations }) => {
    const jwks = { keys: key.publicJwk === undefined ? [] : [{ ...key.publicJwk }] };
    return jsonReply(mutations.keys?.(jwks) ?? jwks);
  },
  authorization: authorize,
  token: redeem,
  userinfo: ({ accessTokens, mutations }, { headers }) => {
    const claims = accessTokens.get((headers.authorization ?? '').replace(/^Bearer /, ''));
    return claims === undefined
      ? jsonReply({ error: 'invalid_token' }, 401)
      : jsonReply(mutations.userinfo?.({ ...claims }) ?? claims);
  },
};

function authorize({ issuer, claims, codes, mutations, remembered }: State, { url }: Asked): Reply {
  const asked = url.searchParams;
  const redirectUri = asked.get('redirect_uri') ?? '';
  const code = randomUUID();
  const value = {
    clientId: asked.get('client_id') ?? '',
    redirectUri,
    nonce: asked.get('nonce') ?? undefined,
    codeChallenge: asked.get('code_challenge') ?? undefined,
    claims: typeof claims === 'function' ? claims(asked) : claims,
  };
  remember(codes, { key: code, value, countMax: remembered });
  const location = new URL(redirectUri);
  const parameters = new URLSearchParams({ code, state: asked.get('state') ?? '', iss: issuer });
  mutations.callback?.(parameters);
  location.search = parameters.toString();
  return { status: 302, headers: { location: location.href }, body: '' };
}

async function redeem(state: State, { headers, body }: Asked): Promise<Reply> {
  if (!isClient(state, headers.authorization, body)) {
    return jsonReply({ error: 'invalid_client', error_description: 'unknown client' }, 401);
  }
  const code = body.get('code') ?? '';
  const grant = state.codes.get(code);
  state.codes.delete(code);
  const challenge = createHash('sha256')
    .update(body.get('code_verifier') ?? '')
    .digest('base64url');
  if (grant === undefined || grant.redirectUri !== body.get('redirect_uri') || grant.codeChallenge !== challenge) {
    return jsonReply({ error: 'invalid_grant' }, 400);
  }
  const accessToken = randomUUID();
  remember(state.accessTokens, { key: accessToken, value: grant.claims, countMax: state.remembered });
  const answer = {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: 300,
    id_token: await idToken(state, grant),
  };
  return jsonReply(state.mutations.token?.(answer) ?? answer);
}

async function idToken({ issuer, clientId, clock, key, mutations }: State, grant: Grant): Promise<string> {
  const nowSeconds = Math.floor(clock.nowMs() / 1000);
  const nonce = grant.nonce === undefined ? {} : { nonce: grant.nonce };
  const times = { iat: nowSeconds, exp: nowSeconds + 300 };
  const good: Claims = { ...grant.claims, iss: issuer, aud: clientId, ...times, ...nonce };
  const claims = mutations.idTokenClaims?.(good, grant) ?? good;
  return mutations.sign === undefined ? signClaims(key, claims, mutations.idTokenHeader) : mutations.sign(claims, key);
}

// RFC 6749, section 2.3.1: both parts of the Basic credentials are form-encoded.
function isClient(state: State, authorization: string | undefined, body: URLSearchParams): boolean {
  if (authorization === undefined) {
    return body.get('client_id') === state.clientId && body.get('client_secret') === state.clientSecret;
  }
  const credentials = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString();
  const [, id = '', secret = ''] = /^([^:]*):(.*)$/su.exec(credentials) ?? [];
  const isRaw = state.mutations.takesRawCredentials ?? state.takesRawCredentials;
  const decode = (part: string) => (isRaw ? part : decodeURIComponent(part.replaceAll('+', ' ')));
  return decode(id) === state.clientId && decode(secret) === state.clientSecret;
}

function listen(server: Server, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' ? address?.port : undefined);
    });
  });
}
