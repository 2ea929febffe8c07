import { auditActor } from '../audit/append.ts';
import { findHead } from '../audit/queries.ts';
import type { AuditWebhook, CreateAuditWebhookBody } from '../contract/audit-webhooks.ts';
import { appError } from '../contract/errors.ts';
import type { OrganizationId } from '../contract/ids.ts';
import { granterColumns } from '../access/granter-status.ts';
import type { Tx } from '../storage/database.ts';
import { hostOf, requireAllowedUrl } from './check-url.ts';
import type { AuditWebhooksDeps, WebhookCall } from './deps.ts';
import { secretBytes } from './limits.ts';
import { type AuditWebhookRow, insertWebhook } from './queries.ts';
import { requireTrailAccessAlone } from './require-webhook.ts';
import { webhookSecretPurpose } from './secrets.ts';
import { formatSecret } from './signature.ts';
import { toAuditWebhook } from './to-audit-webhook.ts';

/**
 * Starts the delivery of an organization's trail to a URL, from the entry of this change on, or from the position of an
 * export.
 *
 * @throws `organization_not_found`, `permission_denied`, `validation_failed`, `outbound_url_refused` or
 *   `audit_webhook_exists`.
 */
export async function createAuditWebhook(
  deps: AuditWebhooksDeps,
  call: WebhookCall & { body: CreateAuditWebhookBody },
): Promise<{ auditWebhook: AuditWebhook; secret: string }> {
  const secret = formatSecret(deps.random.bytes(secretBytes));
  return deps.database.transaction(async (tx) => {
    const organizationId = await requireTrailAccessAlone(tx, call);
    const row = await newRow(deps, tx, { organizationId, call, secret });
    if (!(await insertWebhook(tx, row))) throw appError('audit_webhook_exists');
    const metadata = { webhookId: row.id, host: hostOf(row.url) };
    const event = { type: 'audit-webhook-create', metadata } as const;
    await deps.audit(tx, { organizationId, actor: auditActor(call.actor), event, clientInfo: call.clientInfo });
    return { auditWebhook: await toAuditWebhook(tx, row, deps.clock.nowMs()), secret };
  });
}

async function newRow(
  { clock, random, keyring, outbound }: AuditWebhooksDeps,
  tx: Tx,
  {
    organizationId,
    call: { actor, body },
    secret,
  }: { organizationId: OrganizationId; call: WebhookCall & { body: CreateAuditWebhookBody }; secret: string },
): Promise<AuditWebhookRow> {
  const nowMs = clock.nowMs();
  const id = random.uuid();
  const end = (await findHead(tx, organizationId))?.sequence ?? 0;
  const { after = end, isActive = true, eventTypes = [] } = body;
  if (after > end) {
    const issue = { path: 'after', code: 'maximum', message: 'must not be behind the end of the audit trail' };
    throw appError('validation_failed', { meta: { issues: [issue] } });
  }
  return {
    id,
    organization_id: organizationId,
    revision: 1,
    url: requireAllowedUrl(body.url, outbound.policy),
    event_types: JSON.stringify(eventTypes),
    sealed_secret: keyring.seal(secret, webhookSecretPurpose(organizationId, id)),
    sealed_previous_secret: '',
    previous_secret_until_at: null,
    pause_reason: isActive ? null : 'by_admin',
    delivered_sequence: after,
    missed_count: 0,
    message_id: null,
    message_kind: null,
    message_through_sequence: null,
    attempt_count: 0,
    next_attempt_at: nowMs,
    failing_since_at: null,
    last_attempt_at: null,
    last_delivered_at: null,
    last_error: null,
    lease_id: null,
    lease_until_at: 0,
    created_at: nowMs,
    updated_at: nowMs,
    ...granterColumns(actor),
    granted_at: nowMs,
  };
}
