/**
 * This server as an OpenID Provider for applications (OpenID Connect Core 1.0). The library answers; what decides who gets
 * in as whom is decided here before, from our own rows.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { appError } from '../contract/errors.ts';
import type { CookieJar } from '../http/cookies.ts';
import { readClientInfo } from '../http/client-info.ts';
import type { RateLimits } from '../http/rate-limits.ts';
import { readBrowserHashes } from '../sessions/browser-cookies.ts';
import { applicationPagePath } from '../contract/login.ts';
import {
  type ApplicationRequest,
  forgetRequest,
  keepRequest,
  newRequestId,
  readRequest,
} from './application-request.ts';
import type { OpenIdProvider } from './open-provider.ts';
import { metadataPaths, providerPaths } from './paths.ts';
import { prepareAuthorization, type PreparedAuthorization, type UserAnswer } from './prepare-authorization.ts';
import { countingParams } from './pushed-request.ts';
import { type ProviderCall, withCall } from './provider-call.ts';
import type { ProviderDeps } from './provider-deps.ts';

/** Further dependencies of the endpoints. */
export interface ProviderEndpoints {
  readonly provider: OpenIdProvider;
  readonly cookies: CookieJar;
  readonly limits: RateLimits;
  /** Shows a page for a request that cannot be answered at the application. */
  readonly showProblem: (reply: FastifyReply, code: ProviderProblem) => FastifyReply;
}

/** Why a page is shown instead of an answer to the application. */
export type ProviderProblem = 'application_request_too_long' | 'application_request_expired';

/** The longest query of an authorization request; a longer one is pushed (RFC 9126). */
const queryLengthMax = 8192;
const formBytesMax = 16_384;

export async function mountOpenIdProvider(
  app: FastifyInstance,
  deps: ProviderDeps,
  endpoints: ProviderEndpoints,
): Promise<void> {
  await app.register(async (scope) => {
    // The library reads the body itself, at most 56 KiB of it.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null, undefined));
    mountAuthorize(scope, deps, endpoints);
    mountClientEndpoints(scope, deps, endpoints);
  });
  await app.register(async (scope) => {
    mountPostedAuthorize(scope, endpoints);
  });
}

function mountAuthorize(scope: FastifyInstance, deps: ProviderDeps, endpoints: ProviderEndpoints): void {
  const config = { rateLimit: endpoints.limits.signIn };
  scope.get(providerPaths.authorization, { config, exposeHeadRoute: false }, async (request, reply) => {
    const { search } = new URL(request.url, deps.site);
    if (search.length > queryLengthMax) return endpoints.showProblem(reply, 'application_request_too_long');
    return authorize(deps, endpoints, { request, reply, params: new URLSearchParams(search), resumed: undefined });
  });

  // After the sign-in, the request in the cookie continues or ends. The user may have chosen one of their organizations.
  const resume = (ending: 'continue' | 'cancel') => async (request: FastifyRequest, reply: FastifyReply) => {
    const id = textOf(request.params, 'id');
    const at = { id, nowMs: deps.clock.nowMs() };
    const resumed = readRequest(storeOf(deps, endpoints), request.headers.cookie, at);
    if (resumed === undefined) return endpoints.showProblem(reply, 'application_request_expired');
    const params = new URLSearchParams(resumed.params);
    const organization = textOf(request.query, 'organization');
    if (resumed.organizationId === undefined && organization !== '') params.set('organization', organization);
    const answer =
      ending === 'cancel' ? 'cancelled' : params.get('organization') === organization ? 'chosen' : undefined;
    return authorize(deps, endpoints, { request, reply, params, resumed: { id, request: resumed, answer } });
  };
  const path = `${applicationPagePath}/:id`;
  scope.get(`${path}/continue`, { config, exposeHeadRoute: false }, resume('continue'));
  scope.get(`${path}/cancel`, { config, exposeHeadRoute: false }, resume('cancel'));
}

// A cross-site POST arrives without the browser's cookies, which are SameSite=Lax. As a GET it has them.
function mountPostedAuthorize(scope: FastifyInstance, endpoints: ProviderEndpoints): void {
  const config = { rateLimit: endpoints.limits.signIn };
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: formBytesMax },
    (_request, body, done) => done(null, body),
  );
  scope.post(providerPaths.authorization, { config, bodyLimit: formBytesMax }, async (request, reply) => {
    const query = typeof request.body === 'string' ? new URLSearchParams(request.body).toString() : '';
    if (query.length >= queryLengthMax) return endpoints.showProblem(reply, 'application_request_too_long');
    return reply.header('cache-control', 'no-store').redirect(`${providerPaths.authorization}?${query}`, 303);
  });
}

interface Authorizing {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly params: URLSearchParams;
  readonly resumed:
    | { readonly id: string; readonly request: ApplicationRequest; readonly answer: UserAnswer | undefined }
    | undefined;
}

async function authorize(
  deps: ProviderDeps,
  endpoints: ProviderEndpoints,
  { request, reply, resumed, ...given }: Authorizing,
): Promise<FastifyReply> {
  const params = countingParams(given.params);
  const engine = await endpoints.provider.engine();
  if (engine === undefined) throw appError('no_applications');
  const call = newCall(request);
  const nowMs = deps.clock.nowMs();
  const id = resumed?.id ?? newRequestId(nowMs, deps.random);
  const authorization = await prepareAuthorization(deps, call, {
    params,
    browserHashes: [...readBrowserHashes(request.headers.cookie, endpoints.cookies).values()],
    askedSinceMs: resumed?.request.askedAtMs,
    interactionPath: `${applicationPagePath}/${id}`,
    answer: resumed?.answer,
  });
  const store = storeOf(deps, endpoints);
  const cookieHeader = request.headers.cookie;
  const session = authorization.session?.sessionId;
  await runEngine(engine, {
    deps,
    request,
    reply,
    url: `${providerPaths.authorization}?${params.toString()}`,
    cookie: session === undefined ? undefined : `session=${session}`,
    call: {
      ...call,
      authorization,
      keepRequest: (checked) => {
        const kept = requestOf(authorization, { checked, askedAtMs: resumed?.request.askedAtMs ?? nowMs });
        return keepRequest(store, cookieHeader, { id, request: kept });
      },
      responseCookies: resumed === undefined ? [] : [forgetRequest(store, id)],
    },
  });
  return reply;
}

/** Parameters in whose place the request now has what they led to. */
const byReference: readonly string[] = ['request', 'request_uri'];

function requestOf(
  { request, application, organizationId }: PreparedAuthorization,
  { checked, askedAtMs }: { checked: Readonly<Record<string, unknown>>; askedAtMs: number },
): ApplicationRequest {
  const { wanted, loginHint, organization } = request;
  const params = Object.entries(checked).flatMap(([name, value]) =>
    (typeof value === 'string' || typeof value === 'number') && !byReference.includes(name)
      ? [[name, String(value)] as const]
      : [],
  );
  return {
    params: { ...Object.fromEntries(params), ...(organization === undefined ? {} : { organization }) },
    clientId: application?.clientId ?? '',
    organizationId,
    signsInAgain: wanted.signsInAgain,
    maxAgeSeconds: wanted.maxAgeSeconds,
    acrValues: wanted.acrValues,
    loginHint,
    askedAtMs,
  };
}

function mountClientEndpoints(scope: FastifyInstance, deps: ProviderDeps, endpoints: ProviderEndpoints): void {
  const answer = async (request: FastifyRequest, reply: FastifyReply) => {
    const engine = await endpoints.provider.engine();
    if (engine === undefined) throw appError('no_applications');
    await runEngine(engine, { deps, request, reply, url: request.url, cookie: undefined, call: newCall(request) });
    return reply;
  };
  const guessable = { config: { rateLimit: endpoints.limits.auth } };
  const reading = { config: { rateLimit: endpoints.limits.read } };
  const { token, userinfo, introspection, revocation, pushed_authorization_request: par } = providerPaths;
  for (const url of [token, introspection, revocation, par]) {
    scope.route({ method: ['POST', 'OPTIONS'], url, ...guessable, handler: answer });
  }
  scope.route({
    method: ['GET', 'POST', 'OPTIONS'],
    url: userinfo,
    ...reading,
    exposeHeadRoute: false,
    handler: answer,
  });
  for (const url of metadataPaths) scope.get(url, { ...reading, exposeHeadRoute: false }, answer);
}

/** A parameter that was sent once; `''` without one. */
function textOf(source: unknown, name: string): string {
  const value: unknown = Reflect.get(Object(source), name);
  return typeof value === 'string' ? value : '';
}

function newCall(request: FastifyRequest): ProviderCall {
  return {
    clientInfo: readClientInfo(request),
    applications: new Map(),
    sessions: new Map(),
    secretHashes: [],
    keepRequest: () => undefined,
    responseCookies: [],
  };
}

function storeOf({ keyring }: ProviderDeps, { cookies }: ProviderEndpoints) {
  return { keyring, cookies };
}

interface EngineRun {
  readonly deps: Pick<ProviderDeps, 'site'>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** The path and query that the library sees. */
  readonly url: string;
  /** The only cookie that the library sees. */
  readonly cookie: string | undefined;
  readonly call: ProviderCall;
}

// The library must not see an address that a caller chose: it makes URLs from it.
async function runEngine(engine: RequestListener, run: EngineRun): Promise<void> {
  const { deps, request, reply, url, cookie, call } = run;
  const { raw }: { raw: IncomingMessage } = request;
  const site = new URL(deps.site);
  raw.url = url;
  raw.headers.host = site.host;
  raw.headers['x-forwarded-host'] = site.host;
  raw.headers['x-forwarded-proto'] = site.protocol.slice(0, -1);
  if (cookie === undefined) delete raw.headers.cookie;
  else raw.headers.cookie = cookie;
  const response: ServerResponse = reply.raw;
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) response.setHeader(name, value);
  }
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('x-content-type-options', 'nosniff');
  reply.hijack();
  // The caller may have gone while the request was prepared.
  if (response.closed) return;
  await new Promise<void>((resolve) => {
    response.once('close', resolve);
    withCall(call, () => {
      engine(raw, response);
    });
  });
}
