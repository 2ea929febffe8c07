import type { FastifyInstance } from 'fastify';

import { errorTable, isKnownError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { invitationPath } from '../contract/login.ts';
import { readClientInfo } from '../http/client-info.ts';
import { requireSameSite } from '../http/same-site.ts';
import { findOpenInvitation } from '../invitations/find-open-invitation.ts';
import { findOrganization } from '../access/queries.ts';
import { fieldsOf } from './form-fields.ts';
import type { LoginDeps } from './login-deps.ts';
import type { PageAssets } from './pages/assets.ts';
import { continuePage } from './pages/continue-page.ts';
import { errorPage } from './pages/error-page.ts';
import { invitationOverPage, invitationPage } from './pages/invitation-page.ts';
import { rememberAttempt } from './attempt-cookies.ts';
import type { LoginEndpoints } from './routes.ts';
import { showerOf } from './show-page.ts';
import { startInvitedLogin } from './start-login.ts';
import { errorHref } from './way-back.ts';
import { errorText } from '../texts/text-of.ts';

/** Mounts the invitation page and the endpoint of its form. */
export function mountInvitationPage(
  scope: FastifyInstance,
  deps: LoginDeps,
  pages: LoginEndpoints & { readonly assets: PageAssets },
): void {
  const show = showerOf(pages);
  const config = { rateLimit: pages.limits.signIn };

  scope.get(invitationPath, { config }, async (request, reply) => {
    const found = await findInvitation(deps, fieldsOf(request.query)['token']);
    if (found === undefined) return show(reply, errorTable.invitation_not_found.status, invitationOverPage());
    const { invitation, organization, token } = found;
    const { email, inviter_name: inviterName } = invitation;
    const expiresAt = new Date(invitation.expires_at);
    return show(
      reply,
      200,
      invitationPage({ token, organizationName: organization.name, inviterName, email, expiresAt }),
    );
  });

  scope.post(invitationPath, { config }, async (request, reply) => {
    requireSameSite(request, deps.site.webOrigin);
    const found = await findInvitation(deps, fieldsOf(request.body)['token']);
    if (found === undefined) return show(reply, errorTable.invitation_not_found.status, invitationOverPage());
    const { invitation, token } = found;
    try {
      const start = await startInvitedLogin(deps, invitation, readClientInfo(request));
      if (start.kind === 'failed') {
        return await reply.redirect(errorHref(start.error.code, start.attemptId, start.way), 303);
      }
      rememberAttempt(request, reply, { cookies: pages.cookies, state: start.state, sealed: start.sealed });
      return await show(reply, 200, continuePage({ target: start.url }));
    } catch (thrown) {
      if (!isKnownError(thrown)) throw thrown;
      const { status } = errorTable[thrown.code];
      const message = errorText(thrown.code);
      return show(reply, status, errorPage({ message, retryHref: `${invitationPath}?token=${token}` }));
    }
  });
}

// A value that is not a token is neither looked up nor written into a page.
const tokenPattern = /^[\w-]{43}$/;

async function findInvitation({ store, system }: LoginDeps, token: string | undefined) {
  if (token === undefined || !tokenPattern.test(token)) return undefined;
  const { db } = store.database;
  const invitation = await findOpenInvitation(db, token, system.clock.nowMs());
  if (invitation === undefined) return undefined;
  const organization = await findOrganization(db, asId<OrganizationId>(invitation.organization_id));
  return organization === undefined ? undefined : { invitation, organization, token };
}
