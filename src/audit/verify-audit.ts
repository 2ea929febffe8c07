import { setImmediate as letOthersRun } from 'node:timers/promises';

import type { Db } from '../storage/database.ts';
import type { HeadKeys } from './head-keys.ts';
import { type AuditHead, type AuditRow, hashOf, headText, isWellFormed } from './chain.ts';
import { findHead, findNextTrail, listEntriesAfter } from './queries.ts';
import { serverTrail } from './trail-name.ts';

/**
 * What is wrong with a trail. `altered`: an entry, or the one before it, is not what the server wrote. `missing`: an
 * entry
 * is gone. `reordered`: the position holds another entry of the trail. `tail_cut`: the last entries are gone. `added`:
 * there
 * are entries after the end. `head_altered` and `head_missing`: the head is not what the server wrote, or is gone.
 */
export type AuditFaultReason =
  | 'altered'
  | 'missing'
  | 'reordered'
  | 'tail_cut'
  | 'added'
  | 'head_altered'
  | 'head_missing';

/** What the verification of one trail found. */
export interface TrailReport {
  /** `undefined`: the server's own trail. */
  readonly organizationId: string | undefined;
  /** How many entries were checked. */
  readonly entries: number;
  /** The operator pruned entries up to here; 0 if none. */
  readonly prunedThrough: number;
  /** The first fault. */
  readonly fault?: { readonly sequence: number; readonly reason: AuditFaultReason };
}

interface VerifyDeps {
  readonly db: Db;
  readonly keys: HeadKeys;
}

/** How many entries are read at once. This limits memory, and how long the event loop is blocked. */
const pageSize = 500;

/**
 * Verifies one trail, or all: those that exist, and those that must exist because their organization does. It reads
 * page by
 * page, and concurrent writes do not disturb it.
 */
export async function* verifyAudit(deps: VerifyDeps, organizationId?: string): AsyncGenerator<TrailReport> {
  if (organizationId !== undefined) {
    yield verifyTrail(deps, organizationId);
    return;
  }
  for (let name = await findNextTrail(deps.db, ''); name !== undefined; name = await findNextTrail(deps.db, name)) {
    yield verifyTrail(deps, name);
  }
}

/** The last verified entry. */
interface Position {
  sequence: number;
  hash: string;
  entries: number;
}

async function verifyTrail(deps: VerifyDeps, trail: string): Promise<TrailReport> {
  const head = await findHead(deps.db, trail);
  const organizationId = trail === serverTrail ? undefined : trail;
  if (head === undefined) {
    const fault = { sequence: 1, reason: 'head_missing' } as const;
    return { organizationId, entries: 0, prunedThrough: 0, fault };
  }
  const position: Position = { sequence: head.pruned_sequence, hash: head.pruned_hash, entries: 0 };
  const fault = await findFault(deps, head, position);
  return {
    organizationId,
    entries: position.entries,
    prunedThrough: head.pruned_sequence,
    ...(fault === undefined ? {} : { fault }),
  };
}

async function findFault(deps: VerifyDeps, head: AuditHead, position: Position): Promise<TrailReport['fault']> {
  const { organization_id: organizationId } = head;
  while (position.sequence < head.sequence) {
    const found = await listEntriesAfter(deps.db, { organizationId, after: position.sequence, limit: pageSize });
    const page = found.filter((row) => row.sequence <= head.sequence);
    const fault = page.length === 0 ? tailCut(position) : checkPage(page, position);
    if (fault !== undefined) {
      // Entries that were pruned during the verification are not missing.
      const now = await findHead(deps.db, organizationId);
      if (now === undefined || now.pruned_sequence <= position.sequence) return fault;
      position.sequence = now.pruned_sequence;
      position.hash = now.pruned_hash;
      if (now.pruned_sequence > head.sequence) break;
    }
    await letOthersRun();
  }
  return checkEnd(deps, head, position);
}

/** Checks that the trail ends where its head says, that the head is authentic, and that no entry is after it. */
async function checkEnd(deps: VerifyDeps, head: AuditHead, position: Position): Promise<TrailReport['fault']> {
  const { organization_id: organizationId } = head;
  const isWhole = position.sequence > head.sequence || position.hash === head.hash;
  if (!isWhole || !deps.keys.isAuthentic(head.seal, headText(head))) {
    return { sequence: head.sequence, reason: 'head_altered' };
  }
  // The entries first, then the head: a commit between the two moves the head forward.
  const [behind] = await listEntriesAfter(deps.db, { organizationId, after: head.sequence, limit: 1 });
  if (behind === undefined) return undefined;
  const now = await findHead(deps.db, organizationId);
  return now !== undefined && now.sequence >= behind.sequence
    ? undefined
    : { sequence: behind.sequence, reason: 'added' };
}

function checkPage(page: readonly AuditRow[], position: Position): TrailReport['fault'] {
  for (const row of page) {
    const sequence = position.sequence + 1;
    const isInPlace = row.sequence === sequence;
    if (!isInPlace || !isWellFormed(row) || hashOf(row, position.hash) !== row.hash) {
      return { sequence, reason: whyNot(page, { isInPlace, sequence, previousHash: position.hash }) };
    }
    position.sequence = sequence;
    position.hash = row.hash;
    position.entries += 1;
  }
  return undefined;
}

/** An entry that fits here but is elsewhere in the trail was moved. */
function whyNot(
  page: readonly AuditRow[],
  { isInPlace, sequence, previousHash }: { isInPlace: boolean; sequence: number; previousHash: string },
): AuditFaultReason {
  const isElsewhere = page.some(
    (row) => row.sequence > sequence && hashOf({ ...row, sequence }, previousHash) === row.hash,
  );
  if (isElsewhere) return 'reordered';
  return isInPlace ? 'altered' : 'missing';
}

function tailCut({ sequence }: Position): TrailReport['fault'] {
  return { sequence: sequence + 1, reason: 'tail_cut' };
}
