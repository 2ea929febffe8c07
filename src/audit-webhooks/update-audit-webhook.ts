import { auditActor } from '../audit/append.ts';
import type { Actor } from '../contract/actor.ts';
import type { AuditWebhook, UpdateAuditWebhookBody } from '../contract/audit-webhooks.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { granterColumns } from '../access/granter-status.ts';
import { hostOf, requireAllowedUrl } from './check-url.ts';
import { noFailure } from './deliver-next.ts';
import type { AuditWebhooksDeps, WebhookCall } from './deps.ts';
import { secretBytes } from './limits.ts';
import { type AuditWebhookRow, changeWebhook } from './queries.ts';
import { requireWebhookAlone } from './require-webhook.ts';
import { webhookSecretPurpose } from './secrets.ts';
import { formatSecret } from './signature.ts';
import { toAuditWebhook } from './to-audit-webhook.ts';

/**
 * Changes, pauses or resumes a webhook. If the URL moves to another origin, there is a new secret, and the previous one
 * no longer signs:
 * the old receiver's owner knows it and could sign messages to the new receiver.
 *
 * @throws `organization_not_found`, `permission_denied`, `audit_webhook_not_found`, `validation_failed` or
 *   `outbound_url_refused`.
 */
export async function updateAuditWebhook(
  deps: AuditWebhooksDeps,
  call: WebhookCall & { body: UpdateAuditWebhookBody },
): Promise<{ auditWebhook: AuditWebhook; secret?: string }> {
  return deps.database.transaction(async (tx) => {
    const before = await requireWebhookAlone(tx, call);
    const nowMs = deps.clock.nowMs();
    const { change, secret, changedFields } = planChange(deps, before, call);
    if (changedFields.length === 0) return { auditWebhook: await toAuditWebhook(tx, before, nowMs) };
    const row = await changeWebhook(tx, before.id, { ...change, updated_at: nowMs });
    if (row === undefined) throw appError('audit_webhook_not_found');
    await deps.audit(tx, {
      organizationId: asId<OrganizationId>(row.organization_id),
      actor: auditActor(call.actor),
      event: { type: 'audit-webhook-update', metadata: { webhookId: row.id, host: hostOf(row.url), changedFields } },
      clientInfo: call.clientInfo,
    });
    const auditWebhook = await toAuditWebhook(tx, row, nowMs);
    return secret === undefined ? { auditWebhook } : { auditWebhook, secret };
  });
}

// A message that is being sent was made for the old receiver and events, so its lease ends.
const forgetMessage = {
  message_id: null,
  message_kind: null,
  message_through_sequence: null,
  lease_id: null,
  lease_until_at: 0,
} as const;

// The caller who chooses the receiver, or resumes it, becomes its granter.
function startedBy(actor: Actor, nowMs: number) {
  return { ...noFailure(nowMs), ...granterColumns(actor), granted_at: nowMs };
}

interface Settings {
  readonly url: string;
  readonly eventTypes: string;
  readonly isActive: boolean;
}

function planChange(
  deps: AuditWebhooksDeps,
  before: AuditWebhookRow,
  { actor, body }: WebhookCall & { body: UpdateAuditWebhookBody },
) {
  const was: Settings = { url: before.url, eventTypes: before.event_types, isActive: before.pause_reason === null };
  const is: Settings = {
    url: body.url === undefined ? was.url : requireAllowedUrl(body.url, deps.outbound.policy),
    eventTypes: body.eventTypes === undefined ? was.eventTypes : JSON.stringify(body.eventTypes),
    isActive: body.isActive ?? was.isActive,
  };
  const fields = (['url', 'eventTypes', 'isActive'] as const).filter((name) => is[name] !== was[name]);
  const has = new Set(fields);
  const isResumed = has.has('isActive') && is.isActive;
  // A resumed webhook is called again, so its URL must still be allowed.
  if (isResumed) requireAllowedUrl(is.url, deps.outbound.policy);
  const isElsewhere = new URL(is.url).origin !== new URL(was.url).origin;
  const secret = isElsewhere ? formatSecret(deps.random.bytes(secretBytes)) : undefined;
  const change = {
    url: is.url,
    event_types: is.eventTypes,
    pause_reason: is.isActive ? null : (before.pause_reason ?? ('by_admin' as const)),
    ...(has.has('url') || has.has('eventTypes') ? forgetMessage : {}),
    ...(has.has('url') || isResumed ? startedBy(actor, deps.clock.nowMs()) : {}),
    ...(secret === undefined ? {} : newSecret(deps, before, secret)),
  };
  return { change, secret, changedFields: secret === undefined ? fields : [...fields, 'secret'] };
}

function newSecret({ keyring }: AuditWebhooksDeps, { organization_id, id }: AuditWebhookRow, secret: string) {
  return {
    sealed_secret: keyring.seal(secret, webhookSecretPurpose(organization_id, id)),
    sealed_previous_secret: '',
    previous_secret_until_at: null,
  };
}
