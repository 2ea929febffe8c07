import type { KnownError } from '../../contract/errors.ts';
import { relaxedSyncDelayMs } from '../limits.ts';
import { storageUnavailable } from '../unavailable.ts';

/** Makes commits durable, many at a time. */
export interface GroupSync {
  /** Why nothing can be made durable any more. */
  readonly failure: KnownError | undefined;
  /** Called after the commit of a transaction that wrote. */
  committed(): void;
  /** Resolves when every commit before this call is on the disk. */
  flushed(): Promise<void>;
  /** Starts a sync soon, which the caller does not await. */
  flushSoon(): void;
  /** Called when the disk has failed: everything is rejected from now on. */
  fail(cause: unknown): void;
}

interface Batch {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Shares one `fdatasync` of SQLite's write-ahead log among all transactions that committed before it began. It runs in
 * the
 * thread pool, so a slow disk delays responses but does not block the event loop.
 *
 * This is as durable as `synchronous=FULL`. With FULL, SQLite syncs the log after the frames of each commit and before
 * the
 * commit returns (sqlite.org/wal.html). Here the commit returns first, and its caller waits for a sync that begins
 * later.
 * Either way, every frame up to the commit's own is on the disk before the caller continues:
 *
 * - Frames are appended in the order of the commits, to the one file that is synced. Each has a checksum that covers
 *   the
 *   frames before it, so recovery reads them up to the last whole commit.
 * - A log restarts only after a checkpoint has synced it, copied it and synced the database file, which
 *   `synchronous=NORMAL`
 *   still does. Commits that waited for a sync are then durable in the database file.
 * - The header of a restarted log is synced before frames follow it.
 * - A running sync may have missed the newest frames, so it does not count for them.
 *
 * There is one difference: a read outside a transaction may see a commit a few milliseconds before it is durable. A
 * transaction never returns based on such a commit, because it waits for the sync even if it wrote nothing.
 *
 * The log keeps its inode while a connection is open, and no connection locks it. So other descriptors of it may be
 * opened
 * and closed, whereas closing one of the database file would drop SQLite's POSIX locks.
 *
 * A failed sync is final. The kernel may have dropped the pages that it could not write and report success the next
 * time.
 * From then on everything is rejected until the process restarts and recovers what is on the disk.
 */
export function createGroupSync(sync: () => Promise<void>): GroupSync {
  let failure: KnownError | undefined;
  let pending: Batch | undefined;
  let running: Batch | undefined;
  let isScheduled = false;
  let soon: NodeJS.Timeout | undefined;

  const start = () => {
    isScheduled = false;
    const batch = pending;
    if (batch === undefined || running !== undefined || failure !== undefined) return;
    pending = undefined;
    running = batch;
    sync().then(
      () => {
        running = undefined;
        batch.resolve();
        if (pending !== undefined) schedule();
      },
      (cause: unknown) => fail(cause),
    );
  };
  // After the transactions in the queue have committed too, so that they share the sync.
  const schedule = () => {
    if (isScheduled || running !== undefined) return;
    isScheduled = true;
    setImmediate(start);
  };
  const fail = (cause: unknown) => {
    failure ??= storageUnavailable(cause);
    running?.reject(failure);
    pending?.reject(failure);
    running = undefined;
    pending = undefined;
  };
  return {
    get failure() {
      return failure;
    },
    committed: () => {
      pending ??= createBatch();
    },
    flushed: () => {
      if (failure !== undefined) return Promise.reject(failure);
      if (pending === undefined) return running?.promise ?? Promise.resolve();
      schedule();
      return pending.promise;
    },
    flushSoon: () => {
      soon ??= setTimeout(() => {
        soon = undefined;
        if (pending !== undefined) schedule();
      }, relaxedSyncDelayMs).unref();
    },
    fail,
  };
}

function createBatch(): Batch {
  const batch = Promise.withResolvers<void>();
  // Possibly no transaction awaits it: all commits of a batch may be relaxed. The next transaction gets the failure.
  batch.promise.catch(() => undefined);
  return batch;
}
