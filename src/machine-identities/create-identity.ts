import { auditActor } from '../audit/append.ts';
import type { CreateIdentityBody, MachineIdentity } from '../contract/identities.ts';
import { appError } from '../contract/errors.ts';
import { identitiesPerOrganizationMax } from '../contract/limits.ts';
import { requireAccessAlone } from '../access/access.ts';
import { granterColumns } from '../access/granter-status.ts';
import type { Caller, IdentitiesDeps } from './deps.ts';
import { countIdentities, insertIdentity } from './queries.ts';
import { toIdentity } from './to-identity.ts';

/**
 * Creates a machine identity in an organization. It is never an instance admin: only setting up the server creates one.
 *
 * @throws `organization_not_found`, `permission_denied` or `limit_reached`.
 */
export async function createIdentity(
  { database, audit, clock, random }: IdentitiesDeps,
  { actor, clientInfo, body }: Caller & { body: CreateIdentityBody },
): Promise<MachineIdentity> {
  const question = { organizationId: body.organizationId, subject: 'identity', action: 'create' } as const;
  return database.transaction(async (tx) => {
    const organizationId = (await requireAccessAlone(tx, actor, question)).id;
    const count = await countIdentities(tx, { organizationId });
    if (count >= identitiesPerOrganizationMax) throw appError('limit_reached');
    const nowMs = clock.nowMs();
    const row = {
      id: random.uuid(),
      organization_id: organizationId,
      name: body.name,
      role: body.role ?? 'no-access',
      is_instance_admin: 0,
      created_at: nowMs,
      updated_at: nowMs,
      ...granterColumns(actor),
      granted_at: nowMs,
    } as const;
    await insertIdentity(tx, row);
    await audit(tx, {
      organizationId,
      actor: auditActor(actor),
      event: { type: 'identity-create', metadata: { identityId: row.id, name: row.name, role: row.role } },
      clientInfo,
    });
    return toIdentity({ ...row, universal_auth_id: null });
  });
}
