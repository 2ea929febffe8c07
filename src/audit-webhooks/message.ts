import { type AuditLine, readAuditLines } from '../audit/export-audit.ts';
import { findHead } from '../audit/queries.ts';
import type { Db } from '../storage/database.ts';
import { entriesPerMessageMax, entriesScannedMax, messageBytesMax } from './limits.ts';
import type { AuditWebhookRow } from './queries.ts';

/** What a receiver is to be told next. */
export interface NextMessage {
  readonly kind: 'entries' | 'gap';
  /** The last sequence that it speaks of. */
  readonly through: number;
  /** Entries that the receiver will never get. */
  readonly missed: number;
  /** `undefined` when none of the entries up to there is wanted: there is nothing to send. */
  readonly body: string | undefined;
}

/**
 * The next message of a webhook, made of the trail: entries that follow what the receiver has, or, where the operator
 * pruned such entries, that they are gone. Of the same row the same message is made, byte for byte, since the trail does
 * not change: what is sent a second time is what was sent first. `undefined`: the receiver has everything.
 */
export async function readNextMessage(db: Db, row: AuditWebhookRow): Promise<NextMessage | undefined> {
  const { organization_id: organizationId, delivered_sequence: after } = row;
  const underWay = row.message_kind === 'entries' ? (row.message_through_sequence ?? after) - after : entriesScannedMax;
  const limit = Math.min(Math.max(underWay, 1), entriesScannedMax);
  // The entries first: of those that are pruned between the two, the head tells.
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

/** The kinds of events that a webhook is limited to; none when it gets all. */
export function eventTypesOf({ event_types: text }: Pick<AuditWebhookRow, 'event_types'>): string[] {
  const types: string[] = JSON.parse(text);
  return types;
}

/** The wanted ones of the first entries, as many as one message holds, and the last sequence that was looked at. */
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

// Entries stand in it exactly as they are exported, so that their hashes can be checked.
function entriesBody(organizationId: string, batch: readonly AuditLine[]): string {
  const [first, last] = [batch[0]?.row.sequence, batch.at(-1)?.row.sequence];
  const head = `"organizationId":${JSON.stringify(organizationId)},"firstSequence":${first},"lastSequence":${last}`;
  const timestamp = new Date(batch.at(-1)?.row.created_at ?? 0).toISOString();
  const entries = batch.map(({ line }) => line).join(',');
  return `{"type":"audit.entries","timestamp":"${timestamp}","data":{${head},"entries":[${entries}]}}`;
}
