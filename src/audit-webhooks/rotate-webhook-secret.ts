import { auditActor } from '../audit/append.ts';
import type { AuditWebhook } from '../contract/audit-webhooks.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { auditWebhookOldSecretSeconds } from '../contract/limits.ts';
import type { AuditWebhooksDeps, WebhookCall } from './deps.ts';
import { secretBytes } from './limits.ts';
import { changeWebhook } from './queries.ts';
import { requireWebhookAlone } from './require-webhook.ts';
import { openSecrets, previousSecretPurpose, webhookSecretPurpose } from './secrets.ts';
import { formatSecret } from './signature.ts';
import { toAuditWebhook } from './to-audit-webhook.ts';

/**
 * Makes another signing secret. The one before signs besides for a day, so that the receiver may change it in between.
 *
 * @throws `organization_not_found`, `permission_denied` or `audit_webhook_not_found`.
 */
export async function rotateWebhookSecret(
  deps: AuditWebhooksDeps,
  call: WebhookCall,
): Promise<{ auditWebhook: AuditWebhook; secret: string }> {
  const secret = formatSecret(deps.random.bytes(secretBytes));
  return deps.database.transaction(async (tx) => {
    const before = await requireWebhookAlone(tx, call);
    const { id, organization_id: organizationId } = before;
    const nowMs = deps.clock.nowMs();
    const [current = ''] = openSecrets(deps.keyring, before, nowMs);
    const row = await changeWebhook(tx, id, {
      sealed_secret: deps.keyring.seal(secret, webhookSecretPurpose(organizationId, id)),
      sealed_previous_secret: deps.keyring.seal(current, previousSecretPurpose(organizationId, id)),
      previous_secret_until_at: nowMs + auditWebhookOldSecretSeconds * 1000,
      updated_at: nowMs,
    });
    if (row === undefined) throw appError('audit_webhook_not_found');
    await deps.audit(tx, {
      organizationId: asId<OrganizationId>(organizationId),
      actor: auditActor(call.actor),
      event: { type: 'audit-webhook-rotate-secret', metadata: { webhookId: id } },
      origin: call.origin,
    });
    return { auditWebhook: await toAuditWebhook(tx, row, nowMs), secret };
  });
}
