import type { Keyring } from '../storage/keys/keyring.ts';
import type { AuditWebhookRow } from './queries.ts';

/**
 * The purpose that a webhook's signing secret is sealed for: it opens for no other webhook, and not as the previous
 * secret.
 */
export function webhookSecretPurpose(organizationId: string, webhookId: string): string {
  return `audit-webhook-secret:${organizationId}:${webhookId}`;
}

export function previousSecretPurpose(organizationId: string, webhookId: string): string {
  return `audit-webhook-previous-secret:${organizationId}:${webhookId}`;
}

/**
 * The secrets that sign at a moment, the current one first.
 *
 * @throws {SealBrokenError} if one was altered in the database.
 */
export function openSecrets(keyring: Keyring, row: AuditWebhookRow, nowMs: number): string[] {
  const { organization_id: organizationId, id } = row;
  const current = keyring.open(row.sealed_secret, webhookSecretPurpose(organizationId, id));
  const isOver = row.sealed_previous_secret === '' || (row.previous_secret_until_at ?? 0) <= nowMs;
  return isOver
    ? [current]
    : [current, keyring.open(row.sealed_previous_secret, previousSecretPurpose(organizationId, id))];
}
