import type { AuditedDatabase } from '../audit/audited-database.ts';
import { type AppendAudit, auditActor } from '../audit/append.ts';
import type { Actor, ClientInfo } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import type { CreateGroupBody, Group } from '../contract/groups.ts';
import type { OrganizationId } from '../contract/ids.ts';
import { groupsPerOrganizationMax } from '../contract/limits.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import { requireAccessAlone } from '../access/access.ts';
import { slugCandidates } from '../contract/slugs.ts';
import type { Tx } from '../storage/database.ts';
import { countGroups, type StoredGroup, hasGroupNamed, insertGroup } from './queries.ts';
import { toGroup } from './to-group.ts';

export interface GroupsDeps {
  readonly database: AuditedDatabase;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly random: Random;
}

const suffixBytes = 4;

/**
 * Creates a group. Its name is compared with the identity provider's groups claim, so it is unique in its organization.
 *
 * @throws `organization_not_found`, `permission_denied`, `validation_failed`, `name_taken`, `slug_taken` or
 * `limit_reached`.
 */
export async function createGroup(
  deps: GroupsDeps,
  { actor, clientInfo, body }: { actor: Actor; clientInfo: ClientInfo; body: CreateGroupBody },
): Promise<Group> {
  const question = { organizationId: body.organizationId, subject: 'groups', action: 'create' } as const;
  return deps.database.transaction(async (tx) => {
    const organizationId = (await requireAccessAlone(tx, actor, question)).id;
    if ((await countGroups(tx, { organizationId })) >= groupsPerOrganizationMax) throw appError('limit_reached');
    const group = await addGroup(deps, tx, { organizationId, body });
    await deps.audit(tx, {
      organizationId,
      actor: auditActor(actor),
      event: { type: 'group-create', metadata: { groupId: group.id, name: group.name, role: group.role } },
      clientInfo,
    });
    return toGroup(group);
  });
}

async function addGroup(
  { clock, random }: GroupsDeps,
  tx: Tx,
  { organizationId, body }: { organizationId: OrganizationId; body: CreateGroupBody },
): Promise<StoredGroup> {
  const { name, slug: given, role = 'no-access' } = body;
  const suffix = random.bytes(suffixBytes).toString('hex');
  // No slug is reserved, because no path of the site contains a group's slug.
  const wanted = { name, given, fallback: 'group', suffix, reserved: new Set<string>() };
  for (const slug of slugCandidates(wanted)) {
    const nowMs = clock.nowMs();
    const times = { createdAtMs: nowMs, updatedAtMs: nowMs };
    const group = { id: random.uuid(), organizationId, name, slug, role, ...times };
    if (await insertGroup(tx, group)) return group;
    if (await hasGroupNamed(tx, organizationId, name)) throw appError('name_taken');
  }
  throw appError('slug_taken');
}
