/** The endpoints that read the audit trail: pages and the export. `audit/` writes and verifies it. */
import { auditLogRoutes } from '../contract/audit-logs.ts';
import type { Mount } from '../http/mount.ts';
import type { Database } from '../storage/database.ts';
import { exportAuditLogs } from './export-audit-logs.ts';
import { readAuditLogs } from './read-audit-logs.ts';

export function mountAuditLogs(mount: Mount, deps: { readonly database: Database }): void {
  mount(auditLogRoutes.listAuditLogs, async ({ actor, query }) => readAuditLogs(deps, actor, query));

  mount(auditLogRoutes.exportAuditLogs, async ({ actor, query, reply }) => {
    const { text, next } = await exportAuditLogs(deps, actor, query);
    reply.header('content-type', 'application/x-ndjson; charset=utf-8').header('x-next-cursor', String(next));
    return text;
  });
}
