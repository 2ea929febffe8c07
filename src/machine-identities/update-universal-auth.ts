import { auditActor } from '../audit/append.ts';
import type { UniversalAuth, UniversalAuthSettings } from '../contract/identities.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import type { Caller, IdentitiesDeps } from './deps.ts';
import { requireUniversalAuthAlone } from './require-identity.ts';
import { changedSettings, requireSettings } from './rules.ts';
import { toSettings, toSettingsColumns, toUniversalAuth } from './to-universal-auth.ts';
import { updateUniversalAuthRow } from './universal-auth-queries.ts';

/**
 * Changes the settings of an identity's universal auth. Existing tokens keep their lifetimes. Trusted IP ranges apply
 * from the next request.
 *
 * @throws `identity_not_found`, `permission_denied`, `universal_auth_not_found` or `validation_failed`.
 */
export async function updateUniversalAuth(
  { database, audit, clock }: IdentitiesDeps,
  { actor, clientInfo, identityId, body }: Caller & { identityId: string; body: UniversalAuthSettings },
): Promise<UniversalAuth> {
  return database.transaction(async (tx) => {
    const { identity, universalAuth } = await requireUniversalAuthAlone(tx, actor, { identityId, action: 'edit' });
    const standing = toSettings(universalAuth);
    const settings = requireSettings(standing, body);
    const changedFields = changedSettings(standing, settings);
    if (changedFields.length === 0) return toUniversalAuth(universalAuth);
    const changes = { ...toSettingsColumns(settings), updated_at: clock.nowMs() };
    await updateUniversalAuthRow(tx, universalAuth.id, changes);
    await audit(tx, {
      organizationId: asId<OrganizationId>(identity.organization_id),
      actor: auditActor(actor),
      event: { type: 'universal-auth-update', metadata: { identityId: identity.id, changedFields } },
      clientInfo,
    });
    return toUniversalAuth({ ...universalAuth, ...changes });
  });
}
