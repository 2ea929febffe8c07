import { auditActor } from '../audit/append.ts';
import { requireMatch } from '../http/precondition.ts';
import type { Application, StoredSecret } from './application.ts';
import type { ApplicationsDeps, Caller } from './deps.ts';
import { deleteApplicationRow } from './queries.ts';
import { requireApplicationAlone } from './require-application.ts';
import { listSecrets } from './secret-queries.ts';

/**
 * Deletes an application with its secrets.
 *
 * @throws `application_not_found`, `permission_denied` or `precondition_failed`.
 */
export async function deleteApplication(
  { database, audit, clock }: ApplicationsDeps,
  { actor, clientInfo, id, ifMatch }: Caller & { readonly id: string; readonly ifMatch: string | undefined },
): Promise<{ application: Application; secrets: readonly StoredSecret[] }> {
  return database.transaction(async (tx) => {
    const application = await requireApplicationAlone(tx, actor, { id, action: 'delete' });
    requireMatch(ifMatch, application);
    const secrets = (await listSecrets(tx, [application.id], clock.nowMs())).get(application.id) ?? [];
    await deleteApplicationRow(tx, application.id);
    const { id: applicationId, clientId, name, organizationId } = application;
    await audit(tx, {
      organizationId: organizationId ?? undefined,
      actor: auditActor(actor),
      event: { type: 'application-delete', metadata: { applicationId, clientId, name } },
      clientInfo,
    });
    return { application, secrets };
  });
}
