import { auditEntriesPerReadMax, listBytesMax } from '../contract/limits.ts';
import type { Db } from '../storage/database.ts';
import { type AuditRow, lineOf, noHash } from './chain.ts';
import { findEntryHash, findHead, listEntriesAfter } from './queries.ts';

/** A part of a trail as lines of JSON, and the sequence after which the next part starts. */
export interface AuditLines {
  readonly lines: readonly string[];
  readonly next: number;
}

/**
 * Entries of a trail after a sequence, each with its hash and the previous hash. Sequences are assigned in the order of
 * the
 * commits, so a reader who continues at `next` neither skips nor repeats an entry, even during writes.
 */
export async function exportAudit(
  db: Db,
  { organizationId, after, limit }: { organizationId: string; after: number; limit: number },
): Promise<AuditLines> {
  const found = await readAuditLines(db, { organizationId, after, limit });
  return { lines: found.map(({ line }) => line), next: found.at(-1)?.row.sequence ?? after };
}

/** An entry with its line. */
export interface AuditLine {
  readonly row: AuditRow;
  readonly line: string;
}

/** The same, each line with its entry. They stop before they exceed `listBytesMax`. */
export async function readAuditLines(
  db: Db,
  range: { organizationId: string; after: number; limit: number },
): Promise<readonly AuditLine[]> {
  const [first] = await listEntriesAfter(db, { ...range, limit: 1 });
  if (first === undefined) return [];
  let previousHash = await hashBefore(db, range.organizationId, first.sequence);
  const lines: AuditLine[] = [];
  let bytes = 0;
  while (lines.length < range.limit) {
    const after = lines.at(-1)?.row.sequence ?? range.after;
    const limit = Math.min(auditEntriesPerReadMax, range.limit - lines.length);
    const rows = await listEntriesAfter(db, { ...range, after, limit });
    for (const row of rows) {
      const line = lineOf(row, previousHash);
      bytes += Buffer.byteLength(line);
      if (bytes > listBytesMax && lines.length > 0) return lines;
      lines.push({ row, line });
      previousHash = row.hash;
    }
    if (rows.length < limit) break;
  }
  return lines;
}

async function hashBefore(db: Db, organizationId: string, sequence: number): Promise<string> {
  if (sequence === 1) return noHash;
  const hash = await findEntryHash(db, organizationId, sequence - 1);
  return hash ?? (await findHead(db, organizationId))?.pruned_hash ?? noHash;
}
