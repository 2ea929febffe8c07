import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId, type UserId } from '../contract/ids.ts';
import { selectOrganizationPath, switchPath } from '../contract/login.ts';
import { readClientInfo } from '../http/client-info.ts';
import { requireSameSite } from '../http/same-site.ts';
import { equalsInConstantTime, sha256Hex } from '../kernel/digest.ts';
import { findOrganization } from '../access/queries.ts';
import { acceptSession } from '../sessions/accept-session.ts';
import type { SessionRow } from '../sessions/queries.ts';
import { readRefreshCookie, setRefreshCookie } from '../sessions/refresh-cookie.ts';
import { findUser } from '../users/queries.ts';
import { fieldsOf } from './form-fields.ts';
import type { LoginDeps } from './login-deps.ts';
import { continuationHref } from './continuation.ts';
import type { PageAssets } from './pages/assets.ts';
import { continuePage } from './pages/continue-page.ts';
import { switchPage } from './pages/switch-page.ts';
import { forgetPending, type PendingSignIn, readPending } from './pending-sign-in.ts';
import type { LoginEndpoints } from './routes.ts';
import { showerOf } from './show-page.ts';

/** A sign-in that waits for an answer, its session, and the browser's current session. */
interface Question {
  readonly pending: PendingSignIn;
  readonly next: SessionRow;
  /** `undefined` if there is no session to replace. */
  readonly current: SessionRow | undefined;
}

/** Mounts the page that asks before a sign-in replaces another session, and the endpoint of its form. */
export function mountSwitchPage(
  scope: FastifyInstance,
  deps: LoginDeps,
  pages: LoginEndpoints & { readonly assets: PageAssets },
): void {
  const show = showerOf(pages);
  const config = { rateLimit: pages.limits.signIn };
  const stores = { keyring: deps.store.keyring, cookies: pages.cookies };

  scope.get(switchPath, { config }, async (request, reply) => {
    const question = await findQuestion(deps, pages, request);
    if (question === undefined) return reply.redirect(selectOrganizationPath, 302);
    const { current, next } = question;
    if (current === undefined) return finish(deps, pages, { question, request, reply });
    const [now, then] = await Promise.all([accountOf(deps, current), accountOf(deps, next)]);
    return show(reply, 200, switchPage({ current: now, next: then, csrfToken: csrfTokenOf(next, current) }));
  });

  scope.post(switchPath, { config }, async (request, reply) => {
    requireSameSite(request, deps.site.webOrigin);
    const question = await findQuestion(deps, pages, request);
    if (question === undefined) return reply.redirect(selectOrganizationPath, 303);
    const { csrfToken = '', choice } = fieldsOf(request.body);
    const { current, next, pending } = question;
    if (current !== undefined && !equalsInConstantTime(csrfTokenOf(next, current), csrfToken)) {
      throw appError('cross_site_request');
    }
    if (choice === 'switch') return finish(deps, pages, { question, request, reply });
    await deps.sessions.end(pending.refreshToken, readClientInfo(request), 'declined_by_user');
    forgetPending(reply, stores);
    return reply.redirect(selectOrganizationPath, 303);
  });
}

async function findQuestion(
  { sessions, store }: LoginDeps,
  { cookies }: LoginEndpoints,
  request: FastifyRequest,
): Promise<Question | undefined> {
  const pending = readPending(request, { keyring: store.keyring, cookies });
  const next = pending && (await sessions.find(pending.refreshToken));
  if (pending === undefined || next === undefined) return undefined;
  const current = await sessions.find(readRefreshCookie(request, cookies));
  return { pending, next, current: current?.id === next.id ? undefined : current };
}

/** Replaces the browser's session by the new one. */
async function finish(
  deps: LoginDeps,
  pages: LoginEndpoints & { readonly assets: PageAssets },
  { question, request, reply }: { question: Question; request: FastifyRequest; reply: FastifyReply },
): Promise<FastifyReply> {
  const { cookies } = pages;
  const { pending, next, current } = question;
  forgetPending(reply, { keyring: deps.store.keyring, cookies });
  const lifetimeSeconds = await acceptSession({ database: deps.store.database, clock: deps.system.clock }, next);
  if (lifetimeSeconds === undefined) return reply.redirect(selectOrganizationPath, 303);
  if (current !== undefined) {
    const cookie = readRefreshCookie(request, cookies);
    await deps.sessions.end(cookie, readClientInfo(request), 'replaced_by_sign_in');
  }
  setRefreshCookie(reply, cookies, { refreshToken: pending.refreshToken, lifetimeSeconds });
  // Chromium applies the form's `form-action` to every redirect that follows, so a page in between continues.
  return showerOf(pages)(
    reply,
    200,
    continuePage({ target: new URL(continuationHref(pending.continuation), deps.site.webOrigin) }),
  );
}

// It names both sessions, so a form is valid for one pair of accounts only.
function csrfTokenOf(next: SessionRow, current: SessionRow): string {
  return sha256Hex(`switch:${next.id}:${next.family_hash}:${current.id}:${current.family_hash}`);
}

async function accountOf({ store }: LoginDeps, session: SessionRow) {
  const { db } = store.database;
  const organizationId = session.organization_id;
  const [user, organization] = await Promise.all([
    findUser(db, asId<UserId>(session.user_id)),
    organizationId === null ? undefined : findOrganization(db, asId<OrganizationId>(organizationId)),
  ]);
  return { email: user?.email ?? '', organizationName: organization?.name };
}
