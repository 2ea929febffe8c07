/**
 * Invitations by e-mail address. An invitation creates no member. Provisioning does, after the identity provider has
 * identified the user.
 */
import { invitationRoutes } from '../contract/invitations.ts';
import type { Mount } from '../http/mount.ts';
import { createInvitation } from './create-invitation.ts';
import type { InvitationsDeps } from './deps.ts';
import { listInvitations } from './list-invitations.ts';
import { renewInvitation } from './renew-invitation.ts';
import { revokeInvitation } from './revoke-invitation.ts';

export function mountInvitations(mount: Mount, deps: InvitationsDeps): void {
  mount(invitationRoutes.createInvitation, async ({ params, ...call }) =>
    createInvitation(deps, { ...call, ...params }),
  );

  mount(invitationRoutes.listInvitations, async ({ actor, params, query }) =>
    listInvitations(deps, { actor, ...params, query }),
  );

  mount(invitationRoutes.renewInvitation, async ({ params, ...call }) => renewInvitation(deps, { ...call, ...params }));

  mount(invitationRoutes.revokeInvitation, async ({ params, ...call }) => ({
    invitation: await revokeInvitation(deps, { ...call, ...params }),
  }));
}
