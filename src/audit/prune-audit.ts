import type { AuditedDatabase, AuditedTx } from './audited-database.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import type { AppendAudit } from './append.ts';
import { headText, sealHead } from './chain.ts';
import type { HeadKeys } from './head-keys.ts';
import { deleteFirstEntries, findEntryHash, findFirstSince, findNextTrail, lockHead, updateHead } from './queries.ts';
import { serverTrail } from './trail-name.ts';

/** The result for one trail. A trail with an altered head is evidence, so it is not pruned. */
export interface PruneReport {
  readonly organizationId: string | undefined;
  readonly outcome: 'pruned' | 'nothing_old' | 'head_altered';
  readonly removed: number;
}

interface PruneDeps {
  /** The audited database, because pruning appends an entry. */
  readonly database: AuditedDatabase;
  readonly append: AppendAudit;
  readonly keys: HeadKeys;
}

/** How many entries one transaction removes. */
const batchSize = 1_000;

/**
 * Removes the entries that are older than a moment from one trail, or from all. The head of a trail keeps the hash of
 * the
 * last removed entry, so that the rest can still be verified. The database allows only entries up to that one to be
 * deleted.
 * The first younger entry keeps every entry after it, whatever their dates.
 */
export async function* pruneAudit(
  deps: PruneDeps,
  { beforeMs, organizationId }: { beforeMs: number; organizationId?: string },
): AsyncGenerator<PruneReport> {
  if (organizationId !== undefined) {
    yield pruneTrail(deps, organizationId, beforeMs);
    return;
  }
  const { db } = deps.database;
  for (let name = await findNextTrail(db, ''); name !== undefined; name = await findNextTrail(db, name)) {
    yield pruneTrail(deps, name, beforeMs);
  }
}

async function pruneTrail(deps: PruneDeps, trail: string, beforeMs: number): Promise<PruneReport> {
  const organizationId = trail === serverTrail ? undefined : trail;
  const through = await deps.database.transaction((tx) => moveCheckpoint(deps, tx, { trail, beforeMs }));
  if (typeof through !== 'number') return { organizationId, outcome: through, removed: 0 };
  let removed = 0;
  for (;;) {
    const range = { organizationId: trail, through, limit: batchSize };
    const count = await deps.database.transaction((tx) => deleteFirstEntries(tx, range));
    removed += count;
    if (count === 0) break;
  }
  return { organizationId, outcome: removed > 0 ? 'pruned' : 'nothing_old', removed };
}

/** Records up to where a trail is pruned. The next run removes what an interrupted run did not. */
async function moveCheckpoint(
  { database, append, keys }: PruneDeps,
  tx: AuditedTx,
  { trail, beforeMs }: { trail: string; beforeMs: number },
): Promise<number | 'nothing_old' | 'head_altered'> {
  const head = await lockHead(tx, trail, database.engine);
  if (head === undefined) return 'nothing_old';
  if (!keys.isAuthentic(head.seal, headText(head))) return 'head_altered';
  const firstKept = (await findFirstSince(tx, trail, beforeMs)) ?? head.sequence + 1;
  const through = firstKept - 1;
  if (through <= head.pruned_sequence) return head.pruned_sequence === 0 ? 'nothing_old' : head.pruned_sequence;
  const hash = await findEntryHash(tx, trail, through);
  if (hash === undefined) return 'head_altered';
  await updateHead(tx, sealHead(keys, { ...head, pruned_sequence: through, pruned_hash: hash }));
  await append(tx, {
    organizationId: trail === serverTrail ? undefined : asId<OrganizationId>(trail),
    actor: { type: 'server', metadata: {} },
    event: { type: 'audit-prune', metadata: { throughSequence: through, before: new Date(beforeMs).toISOString() } },
    clientInfo: { ipAddress: '', userAgent: '' },
  });
  return through;
}
