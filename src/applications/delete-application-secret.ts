import { auditActor } from '../audit/append.ts';
import { appError } from '../contract/errors.ts';
import type { StoredSecret } from './application.ts';
import type { ApplicationsDeps, Caller } from './deps.ts';
import { requireApplicationAlone } from './require-application.ts';
import { deleteSecrets, listSecrets } from './secret-queries.ts';

/**
 * Deletes a client secret, which stops working at once. Without another, the application cannot authenticate until it gets
 * a new one.
 *
 * @throws `application_not_found`, `permission_denied` or `application_secret_not_found`.
 */
export async function deleteApplicationSecret(
  { database, audit, clock }: ApplicationsDeps,
  { actor, clientInfo, id, secretId }: Caller & { readonly id: string; readonly secretId: string },
): Promise<StoredSecret> {
  return database.transaction(async (tx) => {
    const application = await requireApplicationAlone(tx, actor, { id, action: 'edit' });
    const secrets = (await listSecrets(tx, [application.id], clock.nowMs())).get(application.id) ?? [];
    const secret = secrets.find((valid) => valid.id === secretId);
    if (secret === undefined) throw appError('application_secret_not_found');
    await deleteSecrets(tx, application.id, secret.id);
    const metadata = { applicationId: application.id, secretId: secret.id, lastFour: secret.lastFour };
    await audit(tx, {
      organizationId: application.organizationId ?? undefined,
      actor: auditActor(actor),
      event: { type: 'application-secret-delete', metadata },
      clientInfo,
    });
    return secret;
  });
}
