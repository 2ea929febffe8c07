import { auditActor } from '../audit/append.ts';
import type { Actor, ClientInfo } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import type { Group, UpdateGroupBody } from '../contract/groups.ts';
import { keepAnAdmin } from '../access/keep-an-admin.ts';
import { requireSlug } from '../contract/slugs.ts';
import type { Tx } from '../storage/database.ts';
import type { GroupsDeps } from './create-group.ts';
import { type StoredGroup, hasGroupNamed, hasGroupWithSlug, updateStoredGroup } from './queries.ts';
import { requireGroupAlone } from './require-group.ts';
import { toGroup } from './to-group.ts';

/**
 * Changes a group's name, slug or role. The slug does not follow the name.
 *
 * @throws `group_not_found`, `permission_denied`, `validation_failed`, `name_taken`, `slug_taken` or `last_admin`.
 */
export async function updateGroup(
  { database, audit, clock }: GroupsDeps,
  { actor, clientInfo, id, body }: { actor: Actor; clientInfo: ClientInfo; id: string; body: UpdateGroupBody },
): Promise<Group> {
  const { organizationId: named, ...wanted } = body;
  const question = { id, action: 'edit', ...(named !== undefined && { organizationId: named }) } as const;
  return database.transaction(async (tx) => {
    const group = await requireGroupAlone(tx, actor, question);
    const { organizationId } = group;
    const { name = group.name, slug = group.slug, role = group.role } = wanted;
    await requireFree(tx, group, { name, slug });
    if (name === group.name && slug === group.slug && role === group.role) return toGroup(group);
    const changed = { ...group, name, slug, role, updatedAtMs: clock.nowMs() };
    await keepAnAdmin(tx, organizationId, async () => updateStoredGroup(tx, changed));
    await audit(tx, {
      organizationId,
      actor: auditActor(actor),
      event: { type: 'group-update', metadata: { groupId: group.id, name, slug, role } },
      clientInfo,
    });
    return toGroup(changed);
  });
}

async function requireFree(tx: Tx, group: StoredGroup, { name, slug }: { name: string; slug: string }): Promise<void> {
  const { organizationId } = group;
  // No slug is reserved, because no path of the site contains a group's slug.
  if (slug !== group.slug) requireSlug(slug, new Set());
  if (name !== group.name && (await hasGroupNamed(tx, organizationId, name))) throw appError('name_taken');
  if (slug !== group.slug && (await hasGroupWithSlug(tx, organizationId, slug))) throw appError('slug_taken');
}
