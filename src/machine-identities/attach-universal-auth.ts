import { auditActor } from '../audit/append.ts';
import { appError } from '../contract/errors.ts';
import { type UniversalAuth, universalAuthDefaults, type UniversalAuthSettings } from '../contract/identities.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import type { Caller, IdentitiesDeps } from './deps.ts';
import { requireIdentityAlone } from './require-identity.ts';
import { requireSettings } from './rules.ts';
import { toSettingsColumns, toUniversalAuth } from './to-universal-auth.ts';
import { insertUniversalAuth, type UniversalAuthRow } from './universal-auth-queries.ts';

/**
 * Allows a machine identity to log in with a client id and client secrets.
 *
 * @throws `identity_not_found`, `permission_denied`, `validation_failed` or `universal_auth_exists`.
 */
export async function attachUniversalAuth(
  { database, audit, clock, random }: IdentitiesDeps,
  { actor, clientInfo, identityId, body }: Caller & { identityId: string; body: UniversalAuthSettings },
): Promise<UniversalAuth> {
  return database.transaction(async (tx) => {
    const identity = await requireIdentityAlone(tx, actor, { identityId, action: 'edit' });
    const nowMs = clock.nowMs();
    const row: UniversalAuthRow = {
      id: random.uuid(),
      identity_id: identity.id,
      client_id: random.uuid(),
      ...toSettingsColumns(requireSettings(universalAuthDefaults, body)),
      created_at: nowMs,
      updated_at: nowMs,
    };
    if (!(await insertUniversalAuth(tx, row))) throw appError('universal_auth_exists');
    await audit(tx, {
      organizationId: asId<OrganizationId>(identity.organization_id),
      actor: auditActor(actor),
      event: { type: 'universal-auth-attach', metadata: { identityId: identity.id, clientId: row.client_id } },
      clientInfo,
    });
    return toUniversalAuth(row);
  });
}
