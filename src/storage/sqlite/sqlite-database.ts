import { type FileHandle, open as openFile } from 'node:fs/promises';

import { Kysely } from 'kysely';

import { isKnownError } from '../../contract/errors.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { Database } from '../database.ts';
import { connectDirectly } from '../direct-connection.ts';
import { migrationMsMax, transactionMsMax } from '../limits.ts';
import { migrate } from '../migrations/migrate.ts';
import { migrationsFor } from '../migrations/migration-list.ts';
import type { Creation } from '../missing-database.ts';
import type { Schema } from '../schema/schema.ts';
import { type Checkpointer, createCheckpointer } from './sqlite-checkpointer.ts';
import { type Commits, createCommits } from './sqlite-commits.ts';
import { openReader, openWriter, reportingErrors, type SqliteConnection } from './sqlite-connection.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import { ownDatabaseFile, syncFolderOf } from './sqlite-files.ts';
import { createGroupSync, type GroupSync } from './sqlite-group-sync.ts';
import { createSqliteHealth, type SqliteHealth } from './sqlite-health.ts';
import type { FileLock } from './sqlite-lock.ts';
import { createReaderDriver } from './sqlite-reader.ts';
import { createWriteQueue, type WriteQueue } from './sqlite-write-queue.ts';
import { createWriterDriver } from './sqlite-writer.ts';
import { StorageStartError } from '../start-error.ts';
import { probeWrite } from '../probe-write.ts';

interface SqliteOptions {
  readonly path: string;
  readonly logger: Logger;
  readonly creation?: Creation;
  /** How long a transaction may take. The default is the usual limit. */
  readonly transactionMsMax?: number | undefined;
  /** Syncs a file; resolves when its content is on the disk. */
  readonly syncFile: (file: FileHandle) => Promise<void>;
}

/** The open resources of a database. */
interface OpenFile {
  readonly lock: FileLock;
  readonly writer: SqliteConnection;
  readonly reader: SqliteConnection;
  readonly log: FileHandle;
  readonly health: SqliteHealth;
}

/**
 * Opens a SQLite database: takes ownership of the file, migrates it, and creates one connection that writes, one
 * transaction at a time, and one that reads.
 *
 * @throws {StorageStartError} if it cannot be opened.
 */
export async function openSqliteDatabase({
  path: givenPath,
  logger,
  creation = 'always',
  syncFile,
  transactionMsMax: timeMsMax = transactionMsMax,
}: SqliteOptions): Promise<Database> {
  const { path, lock } = ownDatabaseFile(givenPath, creation);
  const file = await openConnections(path, lock);
  const { writer: connection } = file;
  const queue = createWriteQueue();
  const sync = createGroupSync(() => syncFile(file.log));
  const writerKysely = (commits: Commits, msMax: number) =>
    new Kysely<Schema>({ dialect: sqliteDialect(() => createWriterDriver({ commits, queue, timeMsMax: msMax })) });
  try {
    const alone = createCommits({ connection, sync, areShared: false, onCommit: () => undefined });
    await migrate(writerKysely(alone, migrationMsMax), {
      engine: 'sqlite',
      migrations: migrationsFor('sqlite'),
      logger,
      creation,
      where: path,
    });
    await sync.flushed();
    syncFolderOf(path);
  } catch (thrown) {
    await closeFile(file);
    throw thrown;
  }
  const onCommit = (transactions: number) => checkpointer.afterCommit(transactions);
  const commits = createCommits({ connection, sync, areShared: true, onCommit });
  const checkpointer = createCheckpointer({ path, connection, queue, logger, settle: commits.settle });
  return createDatabase({ file, writes: writerKysely(commits, timeMsMax), commits, queue, sync, checkpointer });
}

interface Parts {
  readonly file: OpenFile;
  readonly writes: Kysely<Schema>;
  readonly commits: Commits;
  readonly queue: WriteQueue;
  readonly sync: GroupSync;
  readonly checkpointer: Checkpointer;
}

function createDatabase(parts: Parts): Database {
  const { file, commits, queue, sync, checkpointer } = parts;
  const db = new Kysely<Schema>({ dialect: sqliteDialect(() => createReaderDriver(file.reader, file.writer)) });
  const transaction = createTransactions(parts);
  let areWritesInDoubt = false;
  let closing: Promise<void> | undefined;
  const close = async () => {
    await queue.close();
    commits.settle();
    await checkpointer.close();
    // The transactions that await the sync get its failure. Here it only matters that it has ended.
    await sync.flushed().catch(() => undefined);
    await closeFile(file);
  };
  return {
    engine: 'sqlite',
    db,
    transaction: async (fn, options) => {
      try {
        return await transaction(fn, options);
      } catch (thrown) {
        areWritesInDoubt ||= isKnownError(thrown) && thrown.code === 'storage_unavailable';
        throw thrown;
      }
    },
    ping: async () => {
      if (sync.failure !== undefined) throw sync.failure;
      file.health.requireSound();
      await db.selectFrom('server_state').select('key').limit(1).execute();
      if (!areWritesInDoubt) return;
      await transaction(probeWrite);
      areWritesInDoubt = false;
    },
    close: () => (closing ??= close()),
  };
}

function createTransactions({ file, writes, commits, sync }: Parts): Database['transaction'] {
  return async (fn, { durability = 'durable' } = {}) => {
    if (sync.failure !== undefined) throw sync.failure;
    file.health.requireFiles();
    let committed: Promise<void> | undefined;
    const result = await writes.transaction().execute(async (tx) => {
      await connectDirectly(tx);
      const outcome = await fn(tx);
      committed = commits.ofOpenTransaction();
      return outcome;
    });
    await committed;
    if (durability === 'durable') await sync.flushed();
    else sync.flushSoon();
    return result;
  };
}

async function openConnections(path: string, lock: FileLock): Promise<OpenFile> {
  const opened: SqliteConnection[] = [];
  let health: SqliteHealth | undefined;
  const observe = (connection: SqliteConnection) => {
    const observed = reportingErrors(connection, (thrown) => health?.report(thrown));
    opened.push(observed);
    return observed;
  };
  try {
    const writer = observe(openWriter(path));
    const reader = observe(openReader(path));
    const log = await openFile(`${path}-wal`, 'r+');
    health = createSqliteHealth(path);
    return { lock, writer, reader, log, health };
  } catch (cause) {
    for (const connection of opened) connection.close();
    lock.release();
    throw new StorageStartError(
      `Cannot use ${path}: it is damaged, is not a SQLite database, or cannot be written to.`,
      {
        cause,
      },
    );
  }
}

// The writing connection closes last: then SQLite copies the log into the database file and deletes it.
async function closeFile({ lock, writer, reader, log }: OpenFile): Promise<void> {
  reader.close();
  await log.close();
  writer.close();
  lock.release();
}
