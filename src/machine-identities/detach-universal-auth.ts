import { auditActor } from '../audit/append.ts';
import type { UniversalAuth } from '../contract/identities.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import type { Caller, IdentitiesDeps } from './deps.ts';
import { requireUniversalAuthAlone } from './require-identity.ts';
import { toUniversalAuth } from './to-universal-auth.ts';
import { deleteUniversalAuthRow } from './universal-auth-queries.ts';

/**
 * Removes an identity's universal auth, its client secrets and the tokens that they obtained.
 *
 * @throws `identity_not_found`, `permission_denied` or `universal_auth_not_found`.
 */
export async function detachUniversalAuth(
  { database, audit }: IdentitiesDeps,
  { actor, clientInfo, identityId }: Caller & { identityId: string },
): Promise<UniversalAuth> {
  return database.transaction(async (tx) => {
    const { identity, universalAuth } = await requireUniversalAuthAlone(tx, actor, { identityId, action: 'edit' });
    await deleteUniversalAuthRow(tx, universalAuth);
    await audit(tx, {
      organizationId: asId<OrganizationId>(identity.organization_id),
      actor: auditActor(actor),
      event: { type: 'universal-auth-detach', metadata: { identityId: identity.id } },
      clientInfo,
    });
    return toUniversalAuth(universalAuth);
  });
}
