import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { requireAccess } from '../organizations/access.ts';
import { lockOrganization } from '../organizations/queries.ts';
import type { Db, Tx } from '../storage/database.ts';
import type { WebhookCall } from './deps.ts';
import { type AuditWebhookRow, findWebhookOf } from './queries.ts';

/**
 * The webhook of the organization that a caller named, once it is sure that they may do to it what they want.
 *
 * @throws `organization_not_found`, `permission_denied` or `audit_webhook_not_found`.
 */
export async function requireWebhook(
  db: Db | Tx,
  call: WebhookCall,
  action: 'read' | 'edit',
): Promise<AuditWebhookRow> {
  const organizationId = await requireTrailAccess(db, call, action);
  const row = await findWebhookOf(db, organizationId);
  if (row === undefined) throw appError('audit_webhook_not_found');
  return row;
}

/**
 * The same for whoever is about to change it: nobody else does until the transaction ends.
 *
 * @throws as {@link requireWebhook}.
 */
export async function requireWebhookAlone(tx: Tx, call: WebhookCall): Promise<AuditWebhookRow> {
  await lockOrganization(tx, await requireTrailAccess(tx, call, 'edit'));
  return requireWebhook(tx, call, 'edit');
}

/** @throws `organization_not_found` or `permission_denied`. */
export async function requireTrailAccess(
  db: Db | Tx,
  { actor, organizationId }: WebhookCall,
  action: 'read' | 'edit',
): Promise<OrganizationId> {
  return asId<OrganizationId>((await requireAccess(db, actor, { organizationId, subject: 'audit-logs', action })).id);
}
