import { auditActor } from '../audit/append.ts';
import type { Actor, ClientInfo } from '../contract/actor.ts';
import type { Group } from '../contract/groups.ts';
import { keepAnAdmin } from '../access/keep-an-admin.ts';
import type { GroupsDeps } from './create-group.ts';
import { deleteStoredGroup } from './queries.ts';
import { type NamedGroup, requireGroupAlone } from './require-group.ts';
import { toGroup } from './to-group.ts';

/**
 * Deletes a group. Its members lose its role and stay members of the organization.
 *
 * @throws `group_not_found`, `permission_denied` or `last_admin`.
 */
export async function deleteGroup(
  { database, audit }: GroupsDeps,
  { actor, clientInfo, group }: { actor: Actor; clientInfo: ClientInfo; group: NamedGroup },
): Promise<Group> {
  return database.transaction(async (tx) => {
    const found = await requireGroupAlone(tx, actor, { ...group, action: 'delete' });
    const { organizationId } = found;
    await keepAnAdmin(tx, organizationId, async () => deleteStoredGroup(tx, found.id));
    await audit(tx, {
      organizationId,
      actor: auditActor(actor),
      event: { type: 'group-delete', metadata: { groupId: found.id, name: found.name, role: found.role } },
      clientInfo,
    });
    return toGroup(found);
  });
}
