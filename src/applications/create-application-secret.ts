import { auditActor } from '../audit/append.ts';
import type { CreateApplicationSecretBody } from '../contract/applications.ts';
import { appError } from '../contract/errors.ts';
import { applicationSecretsMax } from '../contract/limits.ts';
import { requireMoment } from '../http/moment.ts';
import { type StoredSecret, usesSecret } from './application.ts';
import { makeSecret } from './application-secret.ts';
import type { ApplicationsDeps, Caller } from './deps.ts';
import { requireApplicationAlone } from './require-application.ts';
import { deleteExpiredSecrets, insertSecret, listSecrets } from './secret-queries.ts';

/**
 * Creates a client secret beside the current one, so that an application can change over without an interruption. Two are
 * valid at the same time.
 *
 * @throws `application_not_found`, `permission_denied`, `application_secret_unused`, `validation_failed` or
 * `limit_reached`.
 */
export async function createApplicationSecret(
  { database, audit, clock, random }: ApplicationsDeps,
  { actor, clientInfo, id, body }: Caller & { readonly id: string; readonly body: CreateApplicationSecretBody },
): Promise<{ secret: StoredSecret; clientSecret: string }> {
  const expiresAtMs = requireMoment('expiresAt', body.expiresAt)?.lastMs ?? null;
  return database.transaction(async (tx) => {
    const application = await requireApplicationAlone(tx, actor, { id, action: 'edit' });
    if (!usesSecret(application)) throw appError('application_secret_unused');
    const nowMs = clock.nowMs();
    if (expiresAtMs !== null && expiresAtMs <= nowMs) throw alreadyExpired();
    await deleteExpiredSecrets(tx, application.id, nowMs);
    const valid = (await listSecrets(tx, [application.id], nowMs)).get(application.id) ?? [];
    if (valid.length >= applicationSecretsMax) throw appError('limit_reached');
    const { clientSecret, secretHash, stored } = makeSecret(random, { nowMs, expiresAtMs });
    await insertSecret(tx, { ...stored, applicationId: application.id, secretHash });
    const metadata = { applicationId: application.id, secretId: stored.id, lastFour: stored.lastFour };
    await audit(tx, {
      organizationId: application.organizationId ?? undefined,
      actor: auditActor(actor),
      event: { type: 'application-secret-create', metadata },
      clientInfo,
    });
    return { secret: stored, clientSecret };
  });
}

function alreadyExpired() {
  const issue = { path: 'expiresAt', code: 'minimum', message: 'must be in the future' };
  return appError('validation_failed', { meta: { issues: [issue] } });
}
