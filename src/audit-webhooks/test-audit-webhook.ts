import { auditActor } from '../audit/append.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import type { AuditWebhooksDeps, WebhookCall } from './deps.ts';
import { requireWebhook } from './require-webhook.ts';
import type { Outcome } from './rules.ts';
import { sendMessage } from './send-message.ts';

/**
 * Sends a signed test message now, even while the webhook is paused, and says what became of it; of what came back nothing
 * else. It does not move the delivery along.
 *
 * @throws `organization_not_found`, `permission_denied` or `audit_webhook_not_found`.
 */
export async function testAuditWebhook(deps: AuditWebhooksDeps, call: WebhookCall): Promise<{ outcome: Outcome }> {
  const row = await requireWebhook(deps.database.db, call, 'edit');
  const { id: webhookId, organization_id: organizationId } = row;
  const timestamp = new Date(deps.clock.nowMs()).toISOString();
  const body = JSON.stringify({ type: 'audit.test', timestamp, data: { organizationId } });
  const outcome = await sendMessage(deps, row, { id: `msg_${deps.random.uuid()}`, body });
  await deps.database.transaction(async (tx) =>
    deps.audit(tx, {
      organizationId: asId<OrganizationId>(organizationId),
      actor: auditActor(call.actor),
      event: { type: 'audit-webhook-test', metadata: { webhookId, outcome } },
      origin: call.origin,
    }),
  );
  return { outcome };
}
