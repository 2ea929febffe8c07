import { auditActor } from '../audit/append.ts';
import type { Actor, ClientInfo } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import type { GroupMember } from '../contract/groups.ts';
import type { OrganizationId } from '../contract/ids.ts';
import type { Tx } from '../storage/database.ts';
import type { GroupsDeps } from './create-group.ts';
import { findMemberNamed, type StoredGroup, isManagedByProvider, type PossibleMember } from './queries.ts';
import { type NamedGroup, requireGroupAlone } from './require-group.ts';
import { setGroupMembers } from './set-group-members.ts';
import { toGroupMember } from './to-group.ts';

/** The caller, the group and the member. */
interface MemberChange {
  readonly actor: Actor;
  readonly clientInfo: ClientInfo;
  readonly group: NamedGroup;
  readonly username: string;
}

/**
 * Adds a member of the organization to a group. A member who is in it already stays unchanged.
 *
 * @throws `group_not_found`, `permission_denied`, `group_managed_by_idp` or `user_not_found`.
 */
export async function addGroupUser(deps: GroupsDeps, change: MemberChange): Promise<GroupMember> {
  return deps.database.transaction(async (tx) => {
    const { group, member, organizationId } = await requireGroupAndMember(tx, change);
    await setGroupMembers(deps, tx, { organizationId, group, add: [toGroupUser(member)], by: byCaller(change) });
    return toGroupMember(member);
  });
}

/**
 * Removes a member from a group.
 *
 * @throws `group_not_found`, `permission_denied`, `group_managed_by_idp`, `user_not_found` (also for a member who is
 *   not in the group) or `last_admin`.
 */
export async function removeGroupUser(deps: GroupsDeps, change: MemberChange): Promise<GroupMember> {
  return deps.database.transaction(async (tx) => {
    const { group, member, organizationId } = await requireGroupAndMember(tx, change);
    const by = byCaller(change);
    const changes = await setGroupMembers(deps, tx, { organizationId, group, remove: [toGroupUser(member)], by });
    if (changes === 0) throw appError('user_not_found');
    return toGroupMember(member);
  });
}

interface Found {
  readonly group: StoredGroup;
  readonly member: PossibleMember;
  readonly organizationId: OrganizationId;
}

async function requireGroupAndMember(tx: Tx, { actor, group: named, username }: MemberChange): Promise<Found> {
  const group = await requireGroupAlone(tx, actor, { ...named, action: 'edit' });
  const { organizationId } = group;
  if (await isManagedByProvider(tx, organizationId)) throw appError('group_managed_by_idp');
  const member = await findMemberNamed(tx, organizationId, username);
  if (member === undefined) throw appError('user_not_found');
  return { group, member, organizationId };
}

function byCaller({ actor, clientInfo }: MemberChange) {
  return { actor: auditActor(actor), clientInfo };
}

function toGroupUser({ id: userId, email }: PossibleMember) {
  return { userId, email };
}
