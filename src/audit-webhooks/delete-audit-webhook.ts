import { auditActor } from '../audit/append.ts';
import type { AuditWebhook } from '../contract/audit-webhooks.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { hostOf } from './check-url.ts';
import type { AuditWebhooksDeps, WebhookCall } from './deps.ts';
import { deleteWebhookRow } from './queries.ts';
import { requireWebhookAlone } from './require-webhook.ts';
import { toAuditWebhook } from './to-audit-webhook.ts';

/**
 * Ends the delivery and returns how far the receiver has the trail. A message that is being sent may still arrive.
 *
 * @throws `organization_not_found`, `permission_denied` or `audit_webhook_not_found`.
 */
export async function deleteAuditWebhook(
  { database, audit, clock }: AuditWebhooksDeps,
  call: WebhookCall,
): Promise<AuditWebhook> {
  return database.transaction(async (tx) => {
    const row = await requireWebhookAlone(tx, call);
    if (!(await deleteWebhookRow(tx, row.id))) throw appError('audit_webhook_not_found');
    await audit(tx, {
      organizationId: asId<OrganizationId>(row.organization_id),
      actor: auditActor(call.actor),
      event: { type: 'audit-webhook-delete', metadata: { webhookId: row.id, host: hostOf(row.url) } },
      clientInfo: call.clientInfo,
    });
    return toAuditWebhook(tx, row, clock.nowMs());
  });
}
