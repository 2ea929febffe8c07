import { type AuditLine, readAuditLines } from '../audit/export-audit.ts';
import { findHead } from '../audit/queries.ts';
import type { Db } from '../storage/database.ts';
import { entriesPerMessageMax, entriesScannedMax, messageBytesMax } from './limits.ts';
import type { AuditWebhookRow } from './queries.ts';

/** The next message for a receiver. */
export interface NextMessage {
  readonly kind: 'entries' | 'gap';
  /** The last sequence that it covers. */
  readonly through: number;
  /** Entries that the receiver will never get. */
  readonly missed: number;
  /** `undefined` if none of the entries up to there is wanted, so that there is nothing to send. */
  readonly body: string | undefined;
}

/**
 * The next message of a webhook, made from the trail: the entries after those that the receiver has, or a notice that
 * the operator
 * pruned them. The trail does not change, so the same row gives the same message, byte for byte, also in another
 * attempt.
 * `undefined`: the receiver has every entry.
 */
export async function readNextMessage(db: Db, row: AuditWebhookRow): Promise<NextMessage | undefined> {
  const { organization_id: organizationId, delivered_sequence: after } = row;
  const underWay = row.message_kind === 'entries' ? (row.message_through_sequence ?? after) - after : entriesScannedMax;
  const limit = Math.min(Math.max(underWay, 1), entriesScannedMax);
  // The entries first: if some are pruned between the two reads, the head says so.
  const lines = await readAuditLines(db, { organizationId, after, limit });
  const head = await findHead(db, organizationId);
  if (head !== undefined && head.pruned_sequence > after) {
    const { pruned_sequence: through, pruned_hash: lastHash } = head;
    const data = { organizationId, firstSequence: after + 1, lastSequence: through, lastHash };
    return { kind: 'gap', through, missed: through - after, body: JSON.stringify({ type: 'audit.gap', data }) };
  }
  const wanted = new Set(eventTypesOf(row));
  const { batch, through } = takeBatch(lines, (line) => wanted.size === 0 || wanted.has(line.row.event_type));
  if (through === undefined) return undefined;
  const body = batch.length === 0 ? undefined : entriesBody(organizationId, batch);
  return { kind: 'entries', through, missed: 0, body };
}

/** The kinds of events that a webhook is limited to; none if it gets all. */
export function eventTypesOf({ event_types: text }: Pick<AuditWebhookRow, 'event_types'>): string[] {
  const types: string[] = JSON.parse(text);
  return types;
}

/** The first wanted entries, as many as one message may have, and the last sequence that was searched. */
function takeBatch(lines: readonly AuditLine[], isWanted: (line: AuditLine) => boolean) {
  const batch: AuditLine[] = [];
  let bytes = 0;
  let through: number | undefined;
  for (const each of lines) {
    if (isWanted(each)) {
      bytes += Buffer.byteLength(each.line) + 1;
      if (batch.length === entriesPerMessageMax || (batch.length > 0 && bytes > messageBytesMax)) break;
      batch.push(each);
    }
    through = each.row.sequence;
  }
  return { batch, through };
}

// The entries are exactly the exported lines, so that their hashes can be checked.
function entriesBody(organizationId: string, batch: readonly AuditLine[]): string {
  const [first, last] = [batch[0]?.row.sequence, batch.at(-1)?.row.sequence];
  const head = `"organizationId":${JSON.stringify(organizationId)},"firstSequence":${first},"lastSequence":${last}`;
  const timestamp = new Date(batch.at(-1)?.row.created_at ?? 0).toISOString();
  const entries = batch.map(({ line }) => line).join(',');
  return `{"type":"audit.entries","timestamp":"${timestamp}","data":{${head},"entries":[${entries}]}}`;
}
