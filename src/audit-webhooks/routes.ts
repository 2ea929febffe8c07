/**
 * The endpoints of an organization's audit webhook. They read the audit trail and write only entries about the webhook
 * itself.
 * `deliveries.ts` delivers the trail.
 */
import type { Actor, ClientInfo } from '../contract/actor.ts';
import { auditWebhookRoutes } from '../contract/audit-webhooks.ts';
import type { Mount } from '../http/mount.ts';
import type { TestTurns } from '../http/test-turns.ts';
import { createAuditWebhook } from './create-audit-webhook.ts';
import { deleteAuditWebhook } from './delete-audit-webhook.ts';
import type { AuditWebhooksDeps, WebhookCall } from './deps.ts';
import { requireWebhook } from './require-webhook.ts';
import { rotateWebhookSecret } from './rotate-webhook-secret.ts';
import { testAuditWebhook } from './test-audit-webhook.ts';
import { toAuditWebhook } from './to-audit-webhook.ts';
import { updateAuditWebhook } from './update-audit-webhook.ts';

export function mountAuditWebhooks(mount: Mount, deps: AuditWebhooksDeps, turns: TestTurns): void {
  const { database, clock } = deps;

  mount(auditWebhookRoutes.createAuditWebhook, async (call) =>
    createAuditWebhook(deps, { ...callOf(call), body: call.body }),
  );

  mount(auditWebhookRoutes.readAuditWebhook, async (call) => {
    const row = await requireWebhook(database, callOf(call), 'read');
    return { auditWebhook: await toAuditWebhook(database.db, row, clock.nowMs()) };
  });

  mount(auditWebhookRoutes.updateAuditWebhook, async (call) =>
    updateAuditWebhook(deps, { ...callOf(call), body: call.body }),
  );

  mount(auditWebhookRoutes.deleteAuditWebhook, async (call) => ({
    auditWebhook: await deleteAuditWebhook(deps, callOf(call)),
  }));

  mount(auditWebhookRoutes.rotateAuditWebhookSecret, async (call) => rotateWebhookSecret(deps, callOf(call)));

  mount(auditWebhookRoutes.testAuditWebhook, async (call) => testAuditWebhook(deps, callOf(call), turns));
}

function callOf({
  actor,
  clientInfo,
  params,
}: {
  readonly actor: Actor;
  readonly clientInfo: ClientInfo;
  readonly params: { readonly organizationId: string };
}): WebhookCall {
  return { actor, clientInfo, organizationId: params.organizationId };
}
