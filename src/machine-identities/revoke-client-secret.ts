import { auditActor } from '../audit/append.ts';
import { appError } from '../contract/errors.ts';
import type { ClientSecretData } from '../contract/identities.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import type { Caller, IdentitiesDeps } from './deps.ts';
import { requireUniversalAuthAlone } from './require-identity.ts';
import { toClientSecretData } from './to-universal-auth.ts';
import { findClientSecret, revokeClientSecretRow } from './universal-auth-queries.ts';

/**
 * Revokes a client secret and the tokens it obtained. A second call changes nothing.
 *
 * @throws `identity_not_found`, `permission_denied`, `universal_auth_not_found` or `client_secret_not_found`.
 */
export async function revokeClientSecret(
  { database, audit, clock }: IdentitiesDeps,
  { actor, clientInfo, identityId, clientSecretId }: Caller & { identityId: string; clientSecretId: string },
): Promise<ClientSecretData> {
  return database.transaction(async (tx) => {
    const { identity, universalAuth } = await requireUniversalAuthAlone(tx, actor, { identityId, action: 'edit' });
    const wanted = { id: clientSecretId, universalAuthId: universalAuth.id };
    if ((await findClientSecret(tx, wanted)) === undefined) throw appError('client_secret_not_found');
    const revoked = { id: clientSecretId, identityId: identity.id, nowMs: clock.nowMs() };
    if (await revokeClientSecretRow(tx, revoked)) {
      await audit(tx, {
        organizationId: asId<OrganizationId>(identity.organization_id),
        actor: auditActor(actor),
        event: { type: 'client-secret-revoke', metadata: { identityId: identity.id, clientSecretId } },
        clientInfo,
      });
    }
    // Read again, because a concurrent login may have counted a use.
    const row = await findClientSecret(tx, wanted);
    if (row === undefined) throw appError('client_secret_not_found');
    return toClientSecretData(row);
  });
}
