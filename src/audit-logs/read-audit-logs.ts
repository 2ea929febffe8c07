import { findHead } from '../audit/queries.ts';
import { serverTrail } from '../audit/trail-name.ts';
import type { Actor } from '../contract/actor.ts';
import type { AuditLog } from '../contract/audit-logs.ts';
import { auditEntriesCountedMax, auditEntriesPerReadMax, listBytesMax } from '../contract/limits.ts';
import type { Page } from '../contract/page.ts';
import { requireMoment } from '../http/moment.ts';
import type { Database, Db } from '../storage/database.ts';
import { auditReasonText } from '../texts/catalogue.ts';
import { countEntriesThatFit, type EntryFilter, type EntryRow, listEntries } from './queries.ts';
import { requireTrail, type TrailChoice } from './require-trail.ts';

/** The page and filter that a caller requests. */
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
 * A page of an audit trail, newest first, and how many entries match. The page is shorter if its rows have
 * `listBytesMax`.
 *
 * @throws `organization_not_selected`, `organization_not_found`, `permission_denied` or `validation_failed`.
 */
export async function readAuditLogs(
  { database: { db } }: { database: Database },
  actor: Actor,
  question: AuditLogQuestion,
): Promise<{ auditLogs: AuditLog[]; totalCount: number }> {
  const trail = await requireTrail({ db }, actor, question);
  const { eventType, actorType, offset = 0, limit = pageSizeDefault } = question;
  const filter = {
    trail,
    eventType,
    actorType,
    fromMs: requireMoment('startDate', question.startDate)?.firstMs,
    toMs: requireMoment('endDate', question.endDate)?.lastMs,
  };
  const { rows, isCut } = await readRows(db, filter, { offset, limit });
  const counted = await countEntries(db, filter);
  const mayHaveMore = isCut || (counted >= auditEntriesCountedMax && rows.length === limit);
  const known = offset + rows.length + (mayHaveMore ? 1 : 0);
  return { auditLogs: rows.map(toAuditLog), totalCount: rows.length === 0 ? counted : Math.max(counted, known) };
}

// Read in small parts: the rows of a page may have ten times the bytes that a response may have.
async function readRows(
  db: Db,
  filter: EntryFilter,
  { offset, limit }: Page,
): Promise<{ rows: EntryRow[]; isCut: boolean }> {
  const rows: EntryRow[] = [];
  let bytes = 0;
  while (rows.length < limit) {
    const wanted = Math.min(auditEntriesPerReadMax, limit - rows.length);
    const read = await listEntries(db, filter, { offset: offset + rows.length, limit: wanted });
    for (const row of read) {
      bytes += bytesOf(row);
      if (bytes > listBytesMax && rows.length > 0) return { rows, isCut: true };
      rows.push(row);
    }
    if (read.length < wanted) break;
  }
  return { rows, isCut: false };
}

function bytesOf({ actor_metadata, event_metadata, user_agent }: EntryRow): number {
  return Buffer.byteLength(actor_metadata) + Buffer.byteLength(event_metadata) + Buffer.byteLength(user_agent);
}

/** The head of the trail has the number of all entries. Entries that match a filter are counted up to a limit. */
async function countEntries(db: Db, filter: EntryFilter): Promise<number> {
  const { trail, eventType, actorType, fromMs, toMs } = filter;
  const isFiltered = [eventType, actorType, fromMs, toMs].some((part) => part !== undefined);
  if (isFiltered) return countEntriesThatFit(db, filter, auditEntriesCountedMax);
  const head = await findHead(db, trail);
  return head === undefined ? 0 : head.sequence - head.pruned_sequence;
}

function toAuditLog(row: EntryRow): AuditLog {
  const metadata = parseFacts(row.event_metadata);
  const reasonText = auditReasonText(metadata['reason']);
  return {
    id: row.id,
    createdAt: new Date(row.created_at).toISOString(),
    orgId: row.organization_id === serverTrail ? null : row.organization_id,
    actor: { type: row.actor_type, metadata: parseFacts(row.actor_metadata) },
    event: { type: row.event_type, metadata, ...(reasonText === undefined ? {} : { reasonText }) },
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
