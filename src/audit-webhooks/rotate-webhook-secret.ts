import { auditActor } from '../audit/append.ts';
import type { AuditWebhook } from '../contract/audit-webhooks.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { SealBrokenError } from '../kernel/sealed-box.ts';
import { auditWebhookOldSecretSeconds } from '../contract/limits.ts';
import type { Keyring } from '../storage/keys/keyring.ts';
import type { AuditWebhooksDeps, WebhookCall } from './deps.ts';
import { secretBytes } from './limits.ts';
import { type AuditWebhookRow, changeWebhook } from './queries.ts';
import { requireWebhookAlone } from './require-webhook.ts';
import { previousSecretPurpose, webhookSecretPurpose } from './secrets.ts';
import { formatSecret } from './signature.ts';
import { toAuditWebhook } from './to-audit-webhook.ts';

/**
 * Creates another signing secret. The previous secret also signs for a day, so that the receiver can be changed in that
 * time.
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
    const row = await changeWebhook(tx, id, {
      sealed_secret: deps.keyring.seal(secret, webhookSecretPurpose(organizationId, id)),
      ...keepBesides(deps.keyring, before, nowMs),
      updated_at: nowMs,
    });
    if (row === undefined) throw appError('audit_webhook_not_found');
    await deps.audit(tx, {
      organizationId: asId<OrganizationId>(organizationId),
      actor: auditActor(call.actor),
      event: { type: 'audit-webhook-rotate-secret', metadata: { webhookId: id } },
      clientInfo: call.clientInfo,
    });
    return { auditWebhook: await toAuditWebhook(tx, row, nowMs), secret };
  });
}

// A secret that does not open cannot sign. Rotation is the fix.
function keepBesides(keyring: Keyring, row: AuditWebhookRow, nowMs: number) {
  const { id, organization_id: organizationId } = row;
  try {
    const current = keyring.open(row.sealed_secret, webhookSecretPurpose(organizationId, id));
    return {
      sealed_previous_secret: keyring.seal(current, previousSecretPurpose(organizationId, id)),
      previous_secret_until_at: nowMs + auditWebhookOldSecretSeconds * 1000,
    };
  } catch (thrown) {
    if (!(thrown instanceof SealBrokenError)) throw thrown;
    return { sealed_previous_secret: '', previous_secret_until_at: null };
  }
}
