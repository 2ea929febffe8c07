import { serverTrail } from '../audit/trail-name.ts';
import type { Actor } from '../contract/actor.ts';
import type { AuditLog } from '../contract/audit-logs.ts';
import { requireMoment } from '../http/moment.ts';
import type { Database } from '../storage/database.ts';
import { type EntryRow, listEntries } from './queries.ts';
import { requireTrail, type TrailChoice } from './require-trail.ts';

/** Which entries a caller asks for. */
export interface AuditLogQuestion extends TrailChoice {
  readonly eventType?: string;
  readonly actorType?: string;
  readonly startDate?: string;
  readonly endDate?: string;
  readonly offset?: number;
  readonly limit?: number;
}

const pageSizeDefault = 20;

/**
 * A page of an audit trail, newest first.
 *
 * @throws `organization_not_selected`, `organization_not_found`, `permission_denied` or `validation_failed`.
 */
export async function readAuditLogs(
  { database }: { database: Database },
  actor: Actor,
  question: AuditLogQuestion,
): Promise<AuditLog[]> {
  const trail = await requireTrail(database.db, actor, question);
  const { eventType, actorType, offset = 0, limit = pageSizeDefault } = question;
  const filter = {
    trail,
    eventType,
    actorType,
    fromMs: requireMoment('startDate', question.startDate)?.firstMs,
    toMs: requireMoment('endDate', question.endDate)?.lastMs,
  };
  return (await listEntries(database.db, filter, { offset, limit })).map(toAuditLog);
}

function toAuditLog(row: EntryRow): AuditLog {
  return {
    id: row.id,
    createdAt: new Date(row.created_at).toISOString(),
    orgId: row.organization_id === serverTrail ? null : row.organization_id,
    actor: { type: row.actor_type, metadata: parseFacts(row.actor_metadata) },
    event: { type: row.event_type, metadata: parseFacts(row.event_metadata) },
    ipAddress: row.ip_address,
    userAgent: row.user_agent,
    sequence: row.sequence,
    hash: row.hash,
  };
}

function parseFacts(text: string): Record<string, unknown> {
  const facts: Record<string, unknown> = JSON.parse(text);
  return facts;
}
