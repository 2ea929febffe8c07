/**
 * The sign-in: from an e-mail address or an organization to its identity provider, and back with a session. It combines
 * the other features. An attempt has three states (started, then signed in or refused), and its data is in an encrypted
 * cookie.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { errorTable, type KnownError } from '../contract/errors.ts';
import { loginErrorPath, loginRoutes, switchPath } from '../contract/login.ts';
import { type CookieJar, onlyCookie } from '../http/cookies.ts';
import { logFailure, toKnownError } from '../http/error-renderer.ts';
import type { RateLimits } from '../http/rate-limits.ts';
import { readClientInfo } from '../http/client-info.ts';
import { createValidators, validationError } from '../http/validation.ts';
import { clearBrowserCookie, readBrowserHashes, setBrowserCookie } from '../sessions/browser-cookies.ts';
import { readRefreshCookie, setRefreshCookie } from '../sessions/refresh-cookie.ts';
import { attemptCookieName } from './attempt.ts';
import { rememberAttempt } from './attempt-cookies.ts';
import { continuationHref } from './continuation.ts';
import { finishLogin, type LoginEnd } from './finish-login.ts';
import type { LoginDeps } from './login-deps.ts';
import type { PageAssets } from './pages/assets.ts';
import { errorPage } from './pages/error-page.ts';
import { keepPending, type PendingStore, readPending } from './pending-sign-in.ts';
import { showerOf } from './show-page.ts';
import { type LoginRequest, startLogin } from './start-login.ts';
import { answerTooLargeHeaders } from './too-large-headers.ts';
import { errorHref, retryHref, type WayBack } from './way-back.ts';
import { errorText } from '../texts/text-of.ts';

/** Further dependencies of the sign-in endpoints. */
export interface LoginEndpoints {
  readonly cookies: CookieJar;
  readonly limits: RateLimits;
}

/** Mounts the endpoints to which identity providers and applications redirect browsers. */
export function mountLogin(
  app: FastifyInstance,
  deps: LoginDeps,
  { cookies, limits, assets }: LoginEndpoints & { readonly assets: PageAssets },
): void {
  answerTooLargeHeaders(app.server, cookies);
  const fail = createFail(assets);
  const validate = createValidators().forQuery(loginRoutes.startSignIn.query);
  const config = { rateLimit: limits.signIn };
  const stores = { keyring: deps.store.keyring, cookies };

  app.get(loginRoutes.startSignIn.url, { config, exposeHeadRoute: false }, async (request, reply) => {
    const issues = validate(request.query);
    if (issues.length > 0) return fail(request, reply, { error: validationError(issues) });
    try {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema has just vouched for the query
      const query = request.query as LoginRequest;
      const start = await startLogin(deps, query, readClientInfo(request));
      if (start.kind === 'failed') return await fail(request, reply, start);
      rememberAttempt(request, reply, { cookies, state: start.state, sealed: start.sealed });
      return await reply.redirect(start.url.href, 302);
    } catch (thrown) {
      const error = toKnownError(thrown);
      logUnlessRendered(deps, request, error);
      return fail(request, reply, { error });
    }
  });

  app.get(loginRoutes.finishSignIn.url, { config, exposeHeadRoute: false }, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const search = new URL(request.url, deps.site.webOrigin).search;
    const state = onlyValue(new URLSearchParams(search), 'state');
    const cookieName = cookies.hostName(attemptCookieName(state) ?? '');
    const sealed = onlyCookie(request.headers.cookie, cookieName) ?? '';
    try {
      const replaces = readRefreshCookie(request, cookies);
      const pending = readPending(request, stores)?.refreshToken ?? '';
      const clientInfo = readClientInfo(request);
      const browserHashes = readBrowserHashes(request.headers.cookie, cookies);
      const end = await finishLogin(deps, { search, state, sealed, replaces, pending, browserHashes, clientInfo });
      if (sealed !== '') reply.header('set-cookie', cookies.clear(cookieName));
      return await answerEnd(end, { request, reply, stores, fail });
    } catch (thrown) {
      const error = toKnownError(thrown);
      logUnlessRendered(deps, request, error);
      return fail(request, reply, { error });
    }
  });

  app.get(loginRoutes.showSignInError.url, { config }, async (request, reply) => {
    const { search } = new URL(request.url, deps.site.webOrigin);
    return reply.redirect(`${loginErrorPath}${search}`, 302);
  });
}

async function answerEnd(
  end: LoginEnd,
  answer: { request: FastifyRequest; reply: FastifyReply; stores: PendingStore; fail: ReturnType<typeof createFail> },
): Promise<FastifyReply> {
  const { request, reply, stores, fail } = answer;
  const { cookies } = stores;
  switch (end.kind) {
    case 'failed':
      return fail(request, reply, end);
    case 'finished-before':
      return reply.redirect(continuationHref(end.continuation), 302);
    case 'asked-before':
      return reply.redirect(switchPath, 302);
    case 'restarted':
      if (end.start.kind === 'failed') return fail(request, reply, end.start);
      rememberAttempt(request, reply, { cookies, state: end.start.state, sealed: end.start.sealed });
      return reply.redirect(end.start.url.href, 302);
    case 'signed-in': {
      const { session, lifetimeSeconds, continuation, mustAsk, isForPages, browser } = end;
      if (mustAsk) {
        keepPending(reply, stores, { refreshToken: session.refreshToken, continuation });
        return reply.redirect(switchPath, 302);
      }
      if (browser !== undefined) {
        const dropped = browser.replacedKeys.map((key) => clearBrowserCookie(cookies, key));
        reply.header('set-cookie', [...dropped, setBrowserCookie(cookies, { ...browser, lifetimeSeconds })]);
      }
      if (isForPages) {
        setRefreshCookie(reply, cookies, { refreshToken: session.refreshToken, lifetimeSeconds });
      }
      return reply.redirect(continuationHref(continuation), 302);
    }
    default:
      return end satisfies never;
  }
}

// A browser gets a page. A client that asks for JSON, and not for a page, gets the error as JSON. A failure of the
// server is not redirected, because monitors and proxies look at its status.
function createFail(assets: PageAssets) {
  const show = showerOf({ assets });
  return async (
    request: FastifyRequest,
    reply: FastifyReply,
    { attemptId, error, way = {} }: { attemptId?: string; error: KnownError; way?: WayBack },
  ): Promise<FastifyReply> => {
    if (wantsJson(request)) throw error;
    const { status } = errorTable[error.code];
    const message = errorText(error.code);
    if (status >= 500) return show(reply, status, errorPage({ message, attemptId, retryHref: retryHref(way) }));
    return reply.header('cache-control', 'no-store').redirect(errorHref(error.code, attemptId, way), 302);
  };
}

function wantsJson({ headers: { accept = '' } }: FastifyRequest): boolean {
  return accept.includes('application/json') && !accept.includes('text/html');
}

// The error renderer logs a JSON error, like any failed API request.
function logUnlessRendered({ system }: LoginDeps, request: FastifyRequest, error: KnownError): void {
  if (wantsJson(request)) return;
  logFailure(system.logger, error, { reqId: request.id, statusCode: errorTable[error.code].status });
}

function onlyValue(query: URLSearchParams, name: string): string {
  const values = query.getAll(name);
  return values.length === 1 ? (values[0] ?? '') : '';
}
