import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { requireAccessAlone } from '../access/access.ts';
import { requireAccess } from '../access/read-access.ts';
import type { Db, Reader, Tx } from '../storage/database.ts';
import type { WebhookCall } from './deps.ts';
import { type AuditWebhookRow, findWebhookOf } from './queries.ts';

const subject = 'audit-logs';

/**
 * The webhook of an organization, if the caller may do this without a change.
 *
 * @throws `organization_not_found`, `permission_denied` or `audit_webhook_not_found`.
 */
export async function requireWebhook(
  reader: Reader,
  { actor, organizationId }: WebhookCall,
  action: 'read' | 'edit',
): Promise<AuditWebhookRow> {
  const { id } = await requireAccess(reader, actor, { organizationId, subject, action });
  return findWebhook(reader.db, asId<OrganizationId>(id));
}

/**
 * The same before a change. It locks the organization, see `requireAccessAlone`.
 *
 * @throws `token_invalid`, and as {@link requireWebhook}.
 */
export async function requireWebhookAlone(tx: Tx, call: WebhookCall): Promise<AuditWebhookRow> {
  return findWebhook(tx, await requireTrailAccessAlone(tx, call));
}

/** @throws `organization_not_found`, `permission_denied` or `token_invalid`. */
export async function requireTrailAccessAlone(tx: Tx, { actor, organizationId }: WebhookCall): Promise<OrganizationId> {
  const { id } = await requireAccessAlone(tx, actor, { organizationId, subject, action: 'edit' });
  return asId<OrganizationId>(id);
}

async function findWebhook(db: Db | Tx, organizationId: OrganizationId): Promise<AuditWebhookRow> {
  const row = await findWebhookOf(db, organizationId);
  if (row === undefined) throw appError('audit_webhook_not_found');
  return row;
}
