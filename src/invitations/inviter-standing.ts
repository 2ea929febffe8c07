import { asId, type MachineIdentityId, type OrganizationId, type UserId } from '../contract/ids.ts';
import { isPermitted, strongestRole } from '../organizations/permissions.ts';
import { findIdentityRole, findMemberRoles } from '../organizations/queries.ts';
import type { Db, Tx } from '../storage/database.ts';
import { type InvitationRow, isServerAdmin } from './queries.ts';

/**
 * Whether an invitation still stands at a moment: open, its time not over, and whoever sent it may still invite. Were
 * it enough that they could when they did, an admin on the way out could leave a way back in behind.
 */
export async function isOpen(db: Db | Tx, invitation: InvitationRow, nowMs: number): Promise<boolean> {
  if (invitation.status !== 'invited' || invitation.expires_at <= nowMs) return false;
  return mayInvite(db, invitation);
}

async function mayInvite(db: Db | Tx, { organization_id, inviter_kind, inviter_id }: InvitationRow): Promise<boolean> {
  const organizationId = asId<OrganizationId>(organization_id);
  const roles =
    inviter_kind === 'user'
      ? await findMemberRoles(db, organizationId, asId<UserId>(inviter_id))
      : [(await findIdentityRole(db, organizationId, asId<MachineIdentityId>(inviter_id))) ?? ('no-access' as const)];
  if (isPermitted(strongestRole(roles), 'member', 'create')) return true;
  return isServerAdmin(db, { kind: inviter_kind, id: inviter_id });
}
