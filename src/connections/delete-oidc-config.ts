import { auditActor } from '../audit/append.ts';
import type { Actor, ClientInfo } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OidcConfigId } from '../contract/ids.ts';
import { requireAccessAlone } from '../access/access.ts';
import { requireMatch } from '../http/precondition.ts';
import { deleteOidcConfig, findOidcConfig, type OidcConfigRow } from './queries.ts';
import type { SsoConfigDeps } from './routes.ts';

interface DeleteRequest {
  readonly actor: Actor;
  readonly organizationId: string;
  readonly ifMatch: string | undefined;
  readonly clientInfo: ClientInfo;
}

/** Deletes a connection and ends its sessions. Refused while the organization enforces single sign-on. */
export async function removeOidcConfig(deps: SsoConfigDeps, request: DeleteRequest): Promise<OidcConfigRow> {
  const access = { organizationId: request.organizationId, subject: 'sso', action: 'delete' } as const;
  return deps.database.transaction(async (tx) => {
    const organization = await requireAccessAlone(tx, request.actor, access);
    const row = await findOidcConfig(tx, organization.id);
    if (row === undefined) throw appError('oidc_config_not_found');
    if (organization.authEnforced) throw appError('oidc_config_enforced');
    requireMatch(request.ifMatch, row);
    const at = { id: asId<OidcConfigId>(row.id), revision: row.revision };
    if (!(await deleteOidcConfig(tx, at))) throw appError('precondition_failed');
    const endedSessions = await deps.endSessionsOf(tx, row, 'connection_deleted');
    await deps.audit(tx, {
      organizationId: organization.id,
      actor: auditActor(request.actor),
      event: { type: 'oidc-config-delete', metadata: { configId: row.id, endedSessions } },
      clientInfo: request.clientInfo,
    });
    return row;
  });
}
