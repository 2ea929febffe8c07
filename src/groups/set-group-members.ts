import { keepAnAdmin } from '../access/keep-an-admin.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { AuditedTx } from '../audit/audited-database.ts';
import type { AuditActor } from '../audit/events.ts';
import type { ClientInfo } from '../contract/actor.ts';
import type { OrganizationId } from '../contract/ids.ts';
import type { Clock } from '../kernel/clock.ts';
import { deleteGroupMembership, insertGroupMembership } from './queries.ts';

interface GroupUser {
  readonly userId: string;
  readonly email: string;
}

/** The members who join and leave one group. They belong to the group's organization. */
export interface GroupChange {
  readonly organizationId: OrganizationId;
  readonly group: { readonly id: string; readonly name: string };
  readonly add?: readonly GroupUser[];
  readonly remove?: readonly GroupUser[];
  /** Who changes the group, for the audit entries. */
  readonly by: { readonly actor: AuditActor; readonly clientInfo: ClientInfo };
}

/**
 * Adds members to a group and removes others from it, and audits each change. Members who are in the group already stay,
 * and those who are not in it cannot leave; neither is audited. Returns the number of changes.
 *
 * The caller checks that the identity provider does not manage the groups.
 *
 * @throws `last_admin`
 */
export async function setGroupMembers(
  { audit, clock }: { audit: AppendAudit; clock: Clock },
  tx: AuditedTx,
  { organizationId, group, add = [], remove = [], by }: GroupChange,
): Promise<number> {
  const nowMs = clock.nowMs();
  const append = async (type: 'group-member-add' | 'group-member-remove', { userId, email }: GroupUser) => {
    const metadata = { groupId: group.id, name: group.name, userId, userEmail: email };
    await audit(tx, { organizationId, ...by, event: { type, metadata } });
  };
  let changes = 0;
  for (const user of add) {
    const { userId } = user;
    if (!(await insertGroupMembership(tx, { groupId: group.id, userId, organizationId, nowMs }))) continue;
    await append('group-member-add', user);
    changes += 1;
  }
  if (remove.length === 0) return changes;
  await keepAnAdmin(tx, organizationId, async () => {
    for (const user of remove) {
      if (!(await deleteGroupMembership(tx, { groupId: group.id, userId: user.userId }))) continue;
      await append('group-member-remove', user);
      changes += 1;
    }
  });
  return changes;
}
