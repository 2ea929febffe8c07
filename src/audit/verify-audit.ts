import { setImmediate as letOthersRun } from 'node:timers/promises';

import type { Db } from '../storage/database.ts';
import type { HeadKeys } from './head-keys.ts';
import { type AuditHead, type AuditRow, hashOf, headText, isWellFormed } from './chain.ts';
import { findHead, findNextTrail, listEntriesAfter } from './queries.ts';
import { serverTrail } from './trail-name.ts';

/**
 * What is wrong with a trail. `altered`: an entry, or the one before it, is not what was written. `missing`: an entry is
 * gone. `reordered`: another entry of the trail stands in its place. `tail_cut`: the last entries are gone.
 * `added`: entries stand behind the end. `head_altered` and `head_missing`: what says where the trail ends is not what
 * the server wrote, or is gone.
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
  /** Entries that were checked. */
  readonly entries: number;
  /** Entries up to here were pruned by the operator; 0 when none were. */
  readonly prunedThrough: number;
  /** The first bad place. */
  readonly fault?: { readonly sequence: number; readonly reason: AuditFaultReason };
}

interface VerifyDeps {
  readonly db: Db;
  readonly keys: HeadKeys;
}

/** Entries that are read at once; memory and the time that the event loop is held are bounded by it. */
const pageSize = 500;

/**
 * Verifies one trail, or all: those that exist and those that must, since their organization does. It reads pages, and
 * entries that are written meanwhile do not disturb it.
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

/** How far a verification has come. */
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
      // What was pruned while this ran is not missing.
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

/** The trail ends where its head says, the head is the server's, and nothing stands behind it. */
async function checkEnd(deps: VerifyDeps, head: AuditHead, position: Position): Promise<TrailReport['fault']> {
  const { organization_id: organizationId } = head;
  const isWhole = position.sequence > head.sequence || position.hash === head.hash;
  if (!isWhole || !deps.keys.isAuthentic(head.seal, headText(head))) {
    return { sequence: head.sequence, reason: 'head_altered' };
  }
  // First the entries, then the head: what is committed between the two moves the head along.
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

/** An entry that would fit where it is looked for, but stands elsewhere, was moved. */
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
