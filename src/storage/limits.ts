/** Every limit of the storage, by name. */

/** Prepared statements that one SQLite connection keeps, the least recently used making room. */
export const sqliteStatementsMax = 200;
/** Pages of the database that the writing connection keeps in memory, at most. Pages come one by one, as they are needed. */
export const sqliteWriterCacheKib = 32_768;
/** How long a statement on the event loop may sleep for a lock that another program holds on the database file. */
export const sqliteLockSleepMs = 20;
/** How long a transaction waits for its turn, or for another program's lock, before the database counts as unavailable. */
export const sqliteTurnWaitMsMax = 5_000;
/** Between two tries to begin while another program holds the write lock. */
export const sqliteBeginRetryMs = 50;
/** A transaction that is not finished after this long is rolled back, so that it does not hold up all others. */
export const transactionMsMax = 15_000;
/** The same for one migration, while nobody else waits. */
export const migrationMsMax = 3_600_000;
/** Transactions that wait for their turn; more are refused. */
export const sqliteTurnsWaitingMax = 10_000;
/** After so many transactions in a row the event loop gets to do other work. */
export const sqliteTurnsPerLoopMax = 32;
/** What a relaxed commit may at most lose to a power cut. */
export const relaxedSyncDelayMs = 200;
/**
 * The write-ahead log is copied into the database file when it has so many pages (32 MB). A page that was written often
 * meanwhile is copied once, so the copying takes less the longer the log may be.
 */
export const walPagesMax = 8_000;
/** When it has so many all the same (64 MB), transactions wait until it was copied. */
export const walPagesHardMax = 16_000;
/** A log that grew larger while another program read the file is cut back to this size when it starts over. */
export const walBytesKept = walPagesHardMax * 4096;
/** The size of the write-ahead log is looked at after every so many transactions. */
export const walLookTransactions = 32;
/** The names of the database files are looked up before a transaction if the last time is this long ago. */
export const fileLookMsMin = 500;
/** How long a start waits for the process that owns the database file to let go of it. */
export const ownerWaitMs = 500;

export const postgresPoolSizeDefault = 10;
export const postgresConnectMsMax = 2_000;
export const postgresStatementMsMax = 5_000;
/**
 * A wait for a lock is broken off and tried again after this long, so that no connection is held for it. The first
 * connection of a pool gets the shortest, the others more: of two transactions that wait for each other, one gives up first.
 */
export const postgresLockMsRange = { min: 120, max: 320 } as const;
/** How long a transaction may wait for locks in all. */
export const lockWaitMsMax = 5_000;
/** Transactions that try again at once to get a lock: a third of the connections. */
export function lockWaitersAtOnce(poolSize: number): number {
  return Math.max(1, Math.floor(poolSize / 3));
}
/** Transactions that wait to try again; more are refused. */
export const lockWaitsWaitingMax = 1_000;
/** After the server refused a further connection, the pool makes do with those that it has for this long. */
export const postgresFewerConnectionsMs = 10_000;
/** Longer than the server's own limit: it speaks only when the server does not. */
export const postgresSilenceMsMax = 8_000;
export const postgresIdleConnectionMsMax = 60_000;
/** Statements that are prepared by name on each connection; later ones are sent whole. */
export const postgresStatementsMax = 400;
/** A statement with more parameters than this varies in length, so it would fill the table of names. */
export const postgresNamedParametersMax = 40;
/** How often a transaction is tried that another one stood in the way of. */
export const transactionTriesMax = 3;
/** How often all the migrations of one start are tried again together that something stood in the way of. */
export const migrationTriesMax = 10;

/** Rows that one statement of upkeep deletes, and for how many times its duration others then have the database. */
export const upkeepShares = {
  // About three milliseconds of the thread that answers requests.
  sqlite: { rowsAtOnce: 100, restFactor: 4 },
  postgres: { rowsAtOnce: 500, restFactor: 2 },
} as const;
/** A rest of at least one turn of the event loop. */
export const upkeepRestMsMin = 1;
export const upkeepRestMsMax = 250;
