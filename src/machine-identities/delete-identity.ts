import { auditActor } from '../audit/append.ts';
import { appError } from '../contract/errors.ts';
import type { MachineIdentity } from '../contract/identities.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import type { Caller, IdentitiesDeps } from './deps.ts';
import { deleteIdentityRow } from './queries.ts';
import { requireIdentityAlone } from './require-identity.ts';
import { toIdentity } from './to-identity.ts';

/**
 * Deletes a machine identity with its client secrets and tokens, so the next request with one is rejected.
 *
 * @throws `identity_not_found` or `permission_denied`.
 */
export async function deleteIdentity(
  { database, audit }: IdentitiesDeps,
  { actor, clientInfo, identityId }: Caller & { identityId: string },
): Promise<MachineIdentity> {
  return database.transaction(async (tx) => {
    const row = await requireIdentityAlone(tx, actor, { identityId, action: 'delete' });
    // Two callers may have found the row, but only one of them deletes it.
    if (!(await deleteIdentityRow(tx, row.id))) throw appError('identity_not_found');
    await audit(tx, {
      organizationId: asId<OrganizationId>(row.organization_id),
      actor: auditActor(actor),
      event: { type: 'identity-delete', metadata: { identityId: row.id, name: row.name } },
      clientInfo,
    });
    return toIdentity(row);
  });
}
