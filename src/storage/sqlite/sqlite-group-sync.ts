import type { KnownError } from '../../contract/errors.ts';
import { relaxedSyncDelayMs } from '../limits.ts';
import { storageUnavailable } from '../unavailable.ts';

/** Makes commits durable, many at a time. */
export interface GroupSync {
  /** The reason why nothing can be made durable any more. */
  readonly failure: KnownError | undefined;
  /** A transaction that wrote has just committed. */
  committed(): void;
  /** Resolves when everything that was committed before this call is on the disk. */
  flushed(): Promise<void>;
  /** Sees to it that what was committed reaches the disk soon, without anybody waiting. */
  flushSoon(): void;
  /** The disk is known to have failed: refuses everything from now on. */
  fail(cause: unknown): void;
}

interface Batch {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Shares one `fdatasync` of SQLite's write-ahead log among all transactions that committed before it began, and runs it
 * in the thread pool, so that a slow disk delays answers but never the event loop.
 *
 * Why this is as durable as `synchronous=FULL`. There, SQLite itself syncs the log after the frames of each commit and
 * before the commit returns (sqlite.org/wal.html). Here the commit returns first, and its caller waits for a sync that
 * began later. Either way every frame up to the commit's own is on the disk when the caller hears of it: frames are
 * appended in the order of the commits, all to the one file that is synced, and each carries a checksum that covers the
 * frames before it, so that recovery takes them up to the last whole commit. A log starts over only when a
 * checkpoint has synced it, copied it and synced the database file, which `synchronous=NORMAL` still does; whatever was
 * waiting then is durable in the database file. The header of a log that starts over is synced before frames follow it.
 * A sync that is already under way may have passed the newest frames by, so it does not count for them.
 *
 * What differs: a *read* outside transactions may see a commit some milliseconds before it is durable. A transaction
 * never answers on such a commit, since it waits for it even if it wrote nothing.
 *
 * The log keeps its inode while a connection is open, and no connection locks it: opening and closing other descriptors
 * of it is safe, whereas closing one of the *database* file would drop SQLite's POSIX locks.
 *
 * A failed sync is final. The kernel may have dropped the pages that it could not write and report success the next
 * time, so from then on everything is refused until the process starts again and recovers what is really there.
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
  // After the transactions that are queued behind this one have committed too: they share the sync.
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
  // Nobody may be waiting: the commits of a batch may all be relaxed. The failure is kept and told to the next.
  batch.promise.catch(() => undefined);
  return batch;
}
