import { setTimeout } from 'node:timers/promises';

import { auditActor } from '../audit/append.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import type { TestTurns } from '../http/test-turns.ts';
import type { AuditWebhooksDeps, WebhookCall } from './deps.ts';
import { testMsMax, unreachableTestMs } from './limits.ts';
import type { AuditWebhookRow } from './queries.ts';
import { requireTrailAccessAlone, requireWebhook } from './require-webhook.ts';
import type { Outcome } from './rules.ts';
import { sendMessage } from './send-message.ts';

/**
 * Sends a signed test message now, even if the webhook is paused, and returns only the outcome. It does not advance the
 * delivery. An
 * `unreachable` always takes the same time, so that its duration reveals nothing.
 *
 * @throws `organization_not_found`, `permission_denied`, `audit_webhook_not_found` or `connection_tests_limited`.
 */
export async function testAuditWebhook(
  deps: AuditWebhooksDeps,
  call: WebhookCall,
  turns: TestTurns,
): Promise<{ outcome: Outcome }> {
  const row = await requireWebhook(deps.database, call, 'edit');
  const { id: webhookId, organization_id: organizationId } = row;
  turns.take(organizationId);
  const outcome = await sendTest(deps, row);
  await deps.database.transaction(async (tx) => {
    // Checked again after the call, which took a while: the caller may have lost the right.
    await requireTrailAccessAlone(tx, call);
    await deps.audit(tx, {
      organizationId: asId<OrganizationId>(organizationId),
      actor: auditActor(call.actor),
      event: { type: 'audit-webhook-test', metadata: { webhookId, outcome } },
      clientInfo: call.clientInfo,
    });
  });
  return { outcome };
}

async function sendTest(deps: AuditWebhooksDeps, row: AuditWebhookRow): Promise<Outcome> {
  const timestamp = new Date(deps.clock.nowMs()).toISOString();
  const body = JSON.stringify({ type: 'audit.test', timestamp, data: { organizationId: row.organization_id } });
  const answered = new AbortController();
  const { signal } = answered;
  const passed = setTimeout(unreachableTestMs, undefined, { signal }).catch(() => undefined);
  try {
    const outcome = await sendMessage(deps, row, { id: `msg_${deps.random.uuid()}`, body, totalMs: testMsMax });
    if (outcome === 'unreachable') await passed;
    return outcome;
  } finally {
    answered.abort();
  }
}
