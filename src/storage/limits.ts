/** The limits of the storage. */

/** Prepared statements that one SQLite connection keeps. The least recently used is dropped first. */
export const sqliteStatementsMax = 200;
/** The page cache of the writing connection. It fills page by page, as pages are needed. */
export const sqliteWriterCacheKib = 32_768;
/** How long a statement may block the event loop while another program holds the lock on the database file. */
export const sqliteLockSleepMs = 20;
/**
 * How long a transaction waits in the write queue, or for another program's lock, before the database counts as
 * unavailable.
 */
export const sqliteQueueWaitMsMax = 5_000;
/** The pause between two attempts to begin while another program holds the write lock. */
export const sqliteBeginRetryMs = 50;
/** A transaction is rolled back after this long, so that it does not block all others. */
export const transactionMsMax = 15_000;
/** The same for one migration. Nothing else waits for it. */
export const migrationMsMax = 3_600_000;
/** Transactions in the write queue. More are rejected. */
export const sqliteQueueLengthMax = 10_000;
/** After this many consecutive transactions the event loop does other work. */
export const sqliteTurnsInRowMax = 32;
/** How long a relaxed commit may wait for its sync: a power cut undoes at most this much. */
export const relaxedSyncDelayMs = 200;
/**
 * The write-ahead log is copied into the database file when it has this many pages (32 MB). A page that was written
 * several
 * times is copied once, so a longer log means less copying.
 */
export const walPagesMax = 8_000;
/** If the log reaches this many pages (64 MB), transactions wait until it is copied. */
export const walPagesHardMax = 16_000;
/** If the log grew larger while another program read the file, it is cut to this size when it restarts. */
export const walBytesKept = walPagesHardMax * 4096;
/** The size of the write-ahead log is checked after this many transactions. */
export const walLookTransactions = 32;
/** The database files are looked up before a transaction if the last look-up is this long ago. */
export const fileLookMsMin = 500;
/** How long a start waits for the process that owns the database file to release it. */
export const ownerWaitMs = 500;

export const postgresPoolSizeDefault = 10;
export const postgresConnectMsMax = 2_000;
export const postgresStatementMsMax = 5_000;
/**
 * A wait for a lock ends after this long and is tried again, so that it does not occupy a connection. The first
 * connection
 * of a pool gets the shortest time, the others more: of two transactions that wait for each other, one gives up first.
 */
export const postgresLockMsRange = { min: 120, max: 320 } as const;
/** How long a transaction may wait for locks in total. */
export const lockWaitMsMax = 5_000;
/** How many transactions try again at once to get a lock: a third of the connections. */
export function lockWaitersAtOnce(poolSize: number): number {
  return Math.max(1, Math.floor(poolSize / 3));
}
/** How many transactions wait to try again. More are rejected. */
export const lockWaitsWaitingMax = 1_000;
/** After the server rejected another connection, the pool does not try to grow for this long. */
export const postgresFewerConnectionsMs = 10_000;
/** Longer than the server's own limit, so it applies only if the server does not respond. */
export const postgresSilenceMsMax = 8_000;
export const postgresIdleConnectionMsMax = 60_000;
/** Statements that are prepared by name on each connection. Others are sent as text each time. */
export const postgresStatementsMax = 400;
/** A statement with more parameters than this varies in length and would fill the table of names. */
export const postgresNamedParametersMax = 40;
/** How often a transaction is tried if another one conflicts with it. */
export const transactionTriesMax = 3;
/** How often a start tries again, in total, when its migrations conflict with running transactions. */
export const migrationTriesMax = 10;

/**
 * How many rows one statement of housekeeping deletes, and how long it pauses afterwards, as a multiple of its
 * duration.
 */
export const housekeepingShares = {
  // About three milliseconds of the main thread.
  sqlite: { rowsAtOnce: 100, restFactor: 4 },
  postgres: { rowsAtOnce: 500, restFactor: 2 },
} as const;
/** At least one turn of the event loop. */
export const housekeepingPauseMsMin = 1;
export const housekeepingPauseMsMax = 250;
