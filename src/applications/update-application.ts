import { auditActor } from '../audit/append.ts';
import type { UpdateApplicationBody } from '../contract/applications.ts';
import { appError } from '../contract/errors.ts';
import { requireMatch } from '../http/precondition.ts';
import { type Application, type StoredSecret, usesSecret } from './application.ts';
import type { ApplicationsDeps, Caller } from './deps.ts';
import { claimResources, mergeSettings, requireStorable, settingsOf } from './merge-settings.ts';
import { updateApplicationRow } from './queries.ts';
import { requireApplicationAlone } from './require-application.ts';
import { changedSettings } from './rules.ts';
import { deleteSecrets, listSecrets } from './secret-queries.ts';

/**
 * Changes the settings that a request names. The result must be as valid as a new application. An application that no
 * longer authenticates with a client secret loses its secrets.
 *
 * @throws `application_not_found`, `permission_denied`, `precondition_failed`, `validation_failed`,
 * `outbound_url_refused` or `resource_taken`.
 */
export async function updateApplication(
  deps: ApplicationsDeps,
  call: Caller & { readonly id: string; readonly ifMatch: string | undefined; readonly body: UpdateApplicationBody },
): Promise<{ application: Application; secrets: readonly StoredSecret[] }> {
  const { actor, clientInfo, id, ifMatch } = call;
  const { kind, organizationId, ...given } = call.body;
  const { database, audit, clock } = deps;
  return database.transaction(async (tx) => {
    const before = await requireApplicationAlone(tx, actor, { id, action: 'edit' });
    requireMatch(ifMatch, before);
    // A caller may send back what it has read.
    if (kind !== undefined && kind !== before.kind) throw isFixed('kind');
    if (organizationId !== undefined && organizationId !== before.organizationId) throw isFixed('organizationId');
    const settings = mergeSettings(before, given);
    const changedFields = changedSettings(settingsOf(before), settings);
    const nowMs = clock.nowMs();
    const secrets = async () => (await listSecrets(tx, [before.id], nowMs)).get(before.id) ?? [];
    if (changedFields.length === 0) return { application: before, secrets: await secrets() };
    const application = { ...before, ...settings, revision: before.revision + 1, updatedAtMs: nowMs };
    await requireStorable(deps, tx, application);
    await updateApplicationRow(tx, application);
    await claimResources(tx, application);
    if (!usesSecret(application)) await deleteSecrets(tx, application.id);
    await audit(tx, {
      organizationId: application.organizationId ?? undefined,
      actor: auditActor(actor),
      event: { type: 'application-update', metadata: { applicationId: application.id, changedFields } },
      clientInfo,
    });
    return { application, secrets: await secrets() };
  });
}

function isFixed(path: 'kind' | 'organizationId') {
  const message = 'cannot be changed; create another application and delete this one';
  return appError('validation_failed', { meta: { issues: [{ path, code: 'fixed', message }] } });
}
