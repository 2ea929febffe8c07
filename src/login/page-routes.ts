/** The sign-in pages: rendered by the server, and working without JavaScript. */
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { errorTable, isKnownError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { loginErrorPath, selectOrganizationPath } from '../contract/login.ts';
import { setRetryAfter, toKnownError } from '../http/error-renderer.ts';
import { readClientInfo } from '../http/client-info.ts';
import { requireSameSite } from '../http/same-site.ts';
import { clearBrowserCookie, cookieKeyOf } from '../sessions/browser-cookies.ts';
import { clearRefreshCookie, readRefreshCookie, setRefreshCookie } from '../sessions/refresh-cookie.ts';
import type { LoginWithPassword } from '../sessions/login-with-password.ts';
import { selectOrganization } from '../sessions/select-organization.ts';
import { rememberAttempt } from './attempt-cookies.ts';
import { mountApplicationPage } from './application-routes.ts';
import { mountBreakGlassPage } from './break-glass-page-routes.ts';
import { readCallbackPort } from './callback-port.ts';
import { chooseForProgram } from './choose-for-program.ts';
import { type BrowserSession, findBrowserSession, requireCsrfToken } from './browser-session.ts';
import { mountInvitationPage } from './invitation-page-routes.ts';
import type { LoginDeps } from './login-deps.ts';
import { describeFailure } from './describe-failure.ts';
import { adminSignInPage } from './pages/admin-sign-in-page.ts';
import type { PageAssets } from './pages/assets.ts';
import { chooseOrganizationPage } from './pages/choose-organization-page.ts';
import { commandLinePage } from './pages/command-line-page.ts';
import { continuePage } from './pages/continue-page.ts';
import { errorPage } from './pages/error-page.ts';
import type { Page } from './pages/layout.ts';
import { signInPage } from './pages/sign-in-page.ts';
import { signedInPage } from './pages/signed-in-page.ts';
import { type Fields, fieldsOf } from './form-fields.ts';
import { showerOf } from './show-page.ts';
import type { LoginEndpoints } from './routes.ts';
import { startLogin } from './start-login.ts';
import { mountSwitchPage } from './switch-page-routes.ts';
import { errorHref, readWayBack, retryHref } from './way-back.ts';
import type { AccessTokens } from '../signing-keys/access-tokens.ts';
import { errorText } from '../texts/text-of.ts';

/** Further dependencies of the pages. */
export interface PageDeps extends LoginEndpoints {
  readonly assets: PageAssets;
  readonly accessTokens: AccessTokens;
  readonly accessTokenSeconds: number;
  readonly loginWithPassword: LoginWithPassword;
}

/** Mounts the pages in a scope that parses forms. */
export async function mountPages(app: FastifyInstance, deps: LoginDeps, pages: PageDeps): Promise<void> {
  await app.register(async (scope) => {
    await scope.register(formbody, { bodyLimit: formBytesMax });
    scope.setErrorHandler((thrown, request, reply) => showProblem(deps, pages, { thrown, request, reply }));
    mountSignIn(scope, deps, pages);
    mountAdminSignIn(scope, deps, pages);
    mountBreakGlassPage(scope, deps, pages);
    mountInvitationPage(scope, deps, pages);
    mountApplicationPage(scope, deps, pages);
    mountOrganizationChoice(scope, deps, pages);
    mountSwitchPage(scope, deps, pages);
    mountErrorAndAssets(scope, deps, pages);
  });
}

const formBytesMax = 16_384;

function mountSignIn(scope: FastifyInstance, deps: LoginDeps, pages: PageDeps): void {
  const config = { rateLimit: pages.limits.signIn };
  const show = showerOf(pages);
  scope.get('/', async (_request, reply) => reply.redirect('/login', 302));
  scope.get('/login', async (request, reply) => show(reply, 200, signInPage(passedOn(fieldsOf(request.query)))));

  scope.post('/login/start', { config }, async (request, reply) => {
    requireSameSite(request, deps.site.webOrigin);
    const fields = fieldsOf(request.body);
    const identifier = (fields['identifier'] ?? '').trim();
    const wanted = identifier.includes('@') ? { email: identifier } : { orgSlug: identifier };
    const { returnTo, callbackPort } = fields;
    try {
      const start = await startLogin(deps, { ...wanted, returnTo, callbackPort }, readClientInfo(request));
      if (start.kind === 'failed') {
        return await reply.redirect(errorHref(start.error.code, start.attemptId, start.way), 303);
      }
      rememberAttempt(request, reply, { cookies: pages.cookies, state: start.state, sealed: start.sealed });
      return await show(reply, 200, continuePage({ target: start.url }));
    } catch (thrown) {
      if (!isKnownError(thrown)) throw thrown;
      const { status } = errorTable[thrown.code];
      const message = errorText(thrown.code);
      return show(reply, status, signInPage({ ...passedOn(fields), problem: message, email: identifier }));
    }
  });
}

function mountAdminSignIn(scope: FastifyInstance, deps: LoginDeps, pages: PageDeps): void {
  const config = { rateLimit: pages.limits.auth };
  const show = showerOf(pages);
  scope.get('/login/admin', async (request, reply) =>
    show(reply, 200, adminSignInPage(passedOn(fieldsOf(request.query)))),
  );

  scope.post('/login/admin', { config }, async (request, reply) => {
    requireSameSite(request, deps.site.webOrigin);
    const fields = fieldsOf(request.body);
    const { email = '', password = '' } = fields;
    try {
      const clientInfo = readClientInfo(request);
      const replaces = readRefreshCookie(request, pages.cookies);
      const session = await pages.loginWithPassword({ email, password, replaces, clientInfo });
      setRefreshCookie(reply, pages.cookies, session);
      const { callbackPort } = passedOn(fields);
      return await reply.redirect(selectOrganizationHref(callbackPort), 303);
    } catch (thrown) {
      if (!isKnownError(thrown)) throw thrown;
      const { status } = errorTable[thrown.code];
      const message = errorText(thrown.code);
      setRetryAfter(reply, thrown);
      return show(reply, status, adminSignInPage({ ...passedOn(fields), problem: message, email }));
    }
  });
}

function mountOrganizationChoice(scope: FastifyInstance, deps: LoginDeps, pages: PageDeps): void {
  const config = { rateLimit: pages.limits.signIn };
  const show = showerOf(pages);

  scope.get(selectOrganizationPath, async (request, reply) => {
    const browser = await findBrowserSession(deps, readRefreshCookie(request, pages.cookies));
    if (browser === undefined) return reply.redirect('/login', 302);
    const { callbackPort } = passedOn(fieldsOf(request.query));
    return show(reply, 200, choicePage(browser, callbackPort));
  });

  scope.post(selectOrganizationPath, { config }, async (request, reply) => {
    requireSameSite(request, deps.site.webOrigin);
    const browser = await findBrowserSession(deps, readRefreshCookie(request, pages.cookies));
    if (browser === undefined) return reply.redirect('/login', 303);
    const fields = fieldsOf(request.body);
    requireCsrfToken(browser, fields['csrfToken']);
    const { callbackPort } = passedOn(fields);
    const { session: current, email } = browser;
    const organizationId = fields['organizationId'] ?? '';
    const choice = { sessionId: current.id, email, organizationId, clientInfo: readClientInfo(request) };
    if (callbackPort !== undefined) {
      const program = await chooseForProgram(deps, pages, choice);
      return show(reply, 200, commandLinePage({ port: callbackPort, payloadBase64: program }));
    }
    const { sessions, store, system } = deps;
    const { database, audit } = store;
    const session = await selectOrganization({ database, audit, sessions, ...system }, choice);
    setRefreshCookie(reply, pages.cookies, session);
    return reply.redirect(selectOrganizationPath, 303);
  });

  scope.post('/login/logout', { config }, async (request, reply) => {
    requireSameSite(request, deps.site.webOrigin);
    const cookie = readRefreshCookie(request, pages.cookies);
    const browser = await findBrowserSession(deps, cookie);
    if (browser !== undefined) {
      requireCsrfToken(browser, fieldsOf(request.body)['csrfToken']);
      await deps.sessions.end(cookie, readClientInfo(request));
      forgetBrowserSession(reply, pages, browser);
    }
    clearRefreshCookie(reply, pages.cookies);
    return reply.redirect('/login', 303);
  });
}

// The same session signs the browser in to applications, with a cookie of its own.
function forgetBrowserSession(reply: FastifyReply, { cookies }: PageDeps, { session }: BrowserSession): void {
  const { organization_id: organizationId } = session;
  if (organizationId === null) return;
  reply.header('set-cookie', clearBrowserCookie(cookies, cookieKeyOf(asId<OrganizationId>(organizationId))));
}

// A user with an organization sees it. Only instance admins and programs select one.
function choicePage(browser: BrowserSession, callbackPort: number | undefined): Page {
  const { email, csrfToken, organizations, session, name } = browser;
  const current = organizations.find(({ id }) => id === session.organization_id);
  if (current !== undefined && callbackPort === undefined) {
    const expiresAt = new Date(session.expires_at);
    return signedInPage({ name, email, organizationName: current.name, expiresAt, csrfToken });
  }
  return chooseOrganizationPage({ organizations, email, callbackPort, csrfToken });
}

function mountErrorAndAssets(scope: FastifyInstance, deps: LoginDeps, pages: PageDeps): void {
  const show = showerOf(pages);
  scope.get(loginErrorPath, async (request, reply) => {
    const fields = fieldsOf(request.query);
    const { attempt, code } = fields;
    const { orgSlug, ...failure } = await describeFailure(deps.store.database.db, { attempt, code });
    const way = readWayBack(fields, deps.site);
    return show(
      reply,
      failure.status,
      errorPage({ ...failure, retryHref: retryHref({ ...way, orgSlug: orgSlug ?? way.orgSlug }) }),
    );
  });

  scope.get('/assets/:name', async (request, reply) => {
    const { name = '' } = fieldsOf(request.params);
    const { v } = fieldsOf(request.query);
    const answer = pages.assets.answer({ name, version: v, ifNoneMatch: request.headers['if-none-match'] });
    if (answer === undefined) return reply.callNotFound();
    return reply.code(answer.status).headers(answer.headers).send(answer.body);
  });
}

async function showProblem(
  deps: LoginDeps,
  pages: PageDeps,
  { thrown, request, reply }: { thrown: unknown; request: FastifyRequest; reply: FastifyReply },
): Promise<FastifyReply> {
  const error = toKnownError(thrown);
  const { status } = errorTable[error.code];
  const message = errorText(error.code);
  if (status >= 500) deps.system.logger.error({ reqId: request.id, code: error.code, err: error.cause }, 'page failed');
  return showerOf(pages)(reply, status, errorPage({ message, retryHref: '/login' }));
}

function passedOn(fields: Fields): { returnTo?: string | undefined; callbackPort?: number | undefined } {
  const port = fields['callbackPort'] ?? fields['callback_port'];
  const { returnTo } = fields;
  return {
    ...(returnTo === undefined || returnTo === '' ? {} : { returnTo }),
    ...(port === undefined || port === '' ? {} : { callbackPort: readCallbackPort(port) }),
  };
}

function selectOrganizationHref(callbackPort: number | undefined): string {
  return callbackPort === undefined
    ? selectOrganizationPath
    : `${selectOrganizationPath}?callback_port=${callbackPort}`;
}
