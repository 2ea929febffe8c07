import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { admitsOrganization } from '../applications/may-use.ts';
import type { Application } from '../applications/application.ts';
import { findApplicationByClientId } from '../applications/queries.ts';
import { appError, errorTable, isKnownError } from '../contract/errors.ts';
import { applicationPagePath } from '../contract/login.ts';
import { readClientInfo } from '../http/client-info.ts';
import { requireSameSite } from '../http/same-site.ts';
import { type ApplicationRequest, readRequest } from '../openid-provider/application-request.ts';
import { findBrowserSessions } from '../openid-provider/browser-sessions.ts';
import { readBrowserHashes } from '../sessions/browser-cookies.ts';
import { errorText } from '../texts/text-of.ts';
import { rememberAttempt } from './attempt-cookies.ts';
import { fieldsOf } from './form-fields.ts';
import type { LoginDeps } from './login-deps.ts';
import { applicationPage } from './pages/application-page.ts';
import type { PageAssets } from './pages/assets.ts';
import { continuePage } from './pages/continue-page.ts';
import type { LoginEndpoints } from './routes.ts';
import { showerOf } from './show-page.ts';
import { findOrganizationOf, type LoginStart, startApplicationLogin } from './start-login.ts';
import { errorHref } from './way-back.ts';

type Pages = LoginEndpoints & { readonly assets: PageAssets };

/** A request of an application that waits for its user, and the application as it is now. */
interface Waiting {
  readonly id: string;
  readonly request: ApplicationRequest;
  readonly application: Application;
}

/**
 * Mounts the page to which an application's authorization request leads if its user has to act: they name their
 * organization, or choose one of those that they are signed in to. If the request names the organization, the page leads
 * to its identity provider at once.
 */
export function mountApplicationPage(scope: FastifyInstance, deps: LoginDeps, pages: Pages): void {
  const config = { rateLimit: pages.limits.signIn };

  scope.get(`${applicationPagePath}/:id`, { config }, async (request, reply) => {
    const waiting = await requireWaiting(deps, pages, request);
    const { organizationId } = waiting.request;
    if (organizationId === undefined) return showPage(deps, pages, { request, reply, waiting });
    const start = await begin(deps, request, { waiting, organizationId, by: 'organization' });
    if (start.kind === 'failed') return reply.redirect(errorHref(start.error.code, start.attemptId, start.way), 302);
    rememberAttempt(request, reply, { cookies: pages.cookies, state: start.state, sealed: start.sealed });
    return reply.redirect(start.url.href, 302);
  });

  scope.post(`${applicationPagePath}/:id`, { config }, async (request, reply) => {
    requireSameSite(request, deps.site.webOrigin);
    const waiting = await requireWaiting(deps, pages, request);
    const identifier = (fieldsOf(request.body)['identifier'] ?? '').trim();
    try {
      const start = await startNamed(deps, request, { waiting, identifier });
      if (start.kind === 'failed') {
        return await reply.redirect(errorHref(start.error.code, start.attemptId, start.way), 303);
      }
      rememberAttempt(request, reply, { cookies: pages.cookies, state: start.state, sealed: start.sealed });
      return await showerOf(pages)(reply, 200, continuePage({ target: start.url }));
    } catch (thrown) {
      if (!isKnownError(thrown)) throw thrown;
      const problem = { status: errorTable[thrown.code].status, text: errorText(thrown.code), identifier };
      return showPage(deps, pages, { request, reply, waiting, problem });
    }
  });
}

/** @throws `application_request_expired` */
async function requireWaiting(
  { store, system }: LoginDeps,
  { cookies }: Pages,
  request: FastifyRequest,
): Promise<Waiting> {
  const { id = '' } = fieldsOf(request.params);
  const found = readRequest({ keyring: store.keyring, cookies }, request.headers.cookie, {
    id,
    nowMs: system.clock.nowMs(),
  });
  const application = found && (await findApplicationByClientId(store.database.db, found.clientId));
  if (found === undefined || application === undefined) throw appError('application_request_expired');
  return { id, request: found, application };
}

interface Start {
  readonly waiting: Waiting;
  readonly organizationId: string;
  readonly by: 'organization' | 'email';
}

async function begin(
  deps: LoginDeps,
  request: FastifyRequest,
  { waiting, organizationId, by }: Start,
): Promise<LoginStart> {
  const { signsInAgain, maxAgeSeconds, acrValues, loginHint } = waiting.request;
  const wanted = { signsInAgain, maxAgeSeconds, acrValues, loginHint, organizationId, requestId: waiting.id, by };
  return startApplicationLogin(deps, wanted, readClientInfo(request));
}

// An organization that may not use the application answers like one that does not exist.
async function startNamed(
  deps: LoginDeps,
  request: FastifyRequest,
  { waiting, identifier }: { waiting: Waiting; identifier: string },
): Promise<LoginStart> {
  const isEmail = identifier.includes('@');
  const organizationId = await findOrganizationOf(deps, isEmail ? { email: identifier } : { orgSlug: identifier });
  if (organizationId === undefined || !admitsOrganization(waiting.application, organizationId)) {
    throw appError('sign_in_unavailable');
  }
  const hinted = isEmail ? { ...waiting.request, loginHint: identifier } : waiting.request;
  return begin(deps, request, {
    waiting: { ...waiting, request: hinted },
    organizationId,
    by: isEmail ? 'email' : 'organization',
  });
}

async function showPage(
  deps: LoginDeps,
  pages: Pages,
  {
    request,
    reply,
    waiting,
    problem,
  }: {
    request: FastifyRequest;
    reply: FastifyReply;
    waiting: Waiting;
    problem?: { status: number; text: string; identifier: string };
  },
): Promise<FastifyReply> {
  const hashes = readBrowserHashes(request.headers.cookie, pages.cookies).values();
  const source = { database: deps.store.database, clock: deps.system.clock };
  const sessions = await findBrowserSessions(source, waiting.application, hashes);
  const page = applicationPage({
    requestId: waiting.id,
    applicationName: waiting.application.name,
    identifier: problem?.identifier ?? waiting.request.loginHint ?? '',
    problem: problem?.text,
    organizations: sessions.map(({ organization, email }) => ({ id: organization.id, name: organization.name, email })),
  });
  return showerOf(pages)(reply, problem?.status ?? 200, page);
}
