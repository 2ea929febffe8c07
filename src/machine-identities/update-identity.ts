import { auditActor } from '../audit/append.ts';
import type { MachineIdentity, UpdateIdentityBody } from '../contract/identities.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { granterColumns } from '../access/granter-status.ts';
import type { Caller, IdentitiesDeps } from './deps.ts';
import { updateIdentityRow } from './queries.ts';
import { requireIdentityAlone } from './require-identity.ts';
import { toIdentity } from './to-identity.ts';

/**
 * Changes a machine identity's name or role.
 *
 * @throws `identity_not_found` or `permission_denied`.
 */
export async function updateIdentity(
  { database, audit, clock }: IdentitiesDeps,
  { actor, clientInfo, identityId, body }: Caller & { identityId: string; body: UpdateIdentityBody },
): Promise<MachineIdentity> {
  return database.transaction(async (tx) => {
    const standing = await requireIdentityAlone(tx, actor, { identityId, action: 'edit' });
    const { name = standing.name, role = standing.role } = body;
    if (name === standing.name && role === standing.role) return toIdentity(standing);
    const nowMs = clock.nowMs();
    // The caller who changes the role is recorded as its giver.
    const granter = role === standing.role ? {} : { ...granterColumns(actor), granted_at: nowMs };
    const changes = { name, role, ...granter, updated_at: nowMs };
    await updateIdentityRow(tx, standing.id, changes);
    await audit(tx, {
      organizationId: asId<OrganizationId>(standing.organization_id),
      actor: auditActor(actor),
      event: { type: 'identity-update', metadata: { identityId: standing.id, name, role } },
      clientInfo,
    });
    return toIdentity({ ...standing, ...changes });
  });
}
