import { exportAudit } from '../audit/export-audit.ts';
import type { Actor } from '../contract/actor.ts';
import { auditExportLinesMax } from '../contract/limits.ts';
import type { Database } from '../storage/database.ts';
import { requireTrail, type TrailChoice } from './require-trail.ts';

/**
 * A part of an audit trail, oldest first, as lines of JSON, and the cursor of the next part.
 *
 * @throws `organization_not_selected`, `organization_not_found` or `permission_denied`.
 */
export async function exportAuditLogs(
  { database }: { database: Database },
  actor: Actor,
  { after = 0, limit = auditExportLinesMax, ...choice }: TrailChoice & { after?: number; limit?: number },
): Promise<{ text: string; next: number }> {
  const organizationId = await requireTrail(database, actor, choice);
  const { lines, next } = await exportAudit(database.db, { organizationId, after, limit });
  return { text: lines.map((line) => `${line}\n`).join(''), next };
}
