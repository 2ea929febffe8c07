import { auditActor } from '../audit/append.ts';
import type { Actor, ClientInfo } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import type { Group, UpdateGroupBody } from '../contract/groups.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { keepAnAdmin } from '../access/keep-an-admin.ts';
import { requireSlug } from '../contract/slugs.ts';
import type { Tx } from '../storage/database.ts';
import type { GroupsDeps } from './create-group.ts';
import { type GroupRow, hasGroupNamed, hasGroupWithSlug, updateGroupRow } from './queries.ts';
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
    const standing = await requireGroupAlone(tx, actor, question);
    const change = { name: standing.name, slug: standing.slug, role: standing.role, ...wanted };
    const { name, slug, role } = change;
    await requireFree(tx, standing, change);
    if (name === standing.name && slug === standing.slug && role === standing.role) return toGroup(standing);
    const row = { ...standing, ...change, updated_at: clock.nowMs() };
    const organizationId = asId<OrganizationId>(standing.organization_id);
    await keepAnAdmin(tx, organizationId, async () =>
      updateGroupRow(tx, standing.id, { ...change, updated_at: row.updated_at }),
    );
    await audit(tx, {
      organizationId,
      actor: auditActor(actor),
      event: { type: 'group-update', metadata: { groupId: standing.id, name, slug, role } },
      clientInfo,
    });
    return toGroup(row);
  });
}

async function requireFree(tx: Tx, standing: GroupRow, { name, slug }: { name: string; slug: string }): Promise<void> {
  const organizationId = asId<OrganizationId>(standing.organization_id);
  // No slug is reserved, because no path of the site contains a group's slug.
  if (slug !== standing.slug) requireSlug(slug, new Set());
  if (name !== standing.name && (await hasGroupNamed(tx, organizationId, name))) throw appError('name_taken');
  if (slug !== standing.slug && (await hasGroupWithSlug(tx, organizationId, slug))) throw appError('slug_taken');
}
