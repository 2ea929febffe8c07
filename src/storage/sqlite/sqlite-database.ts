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
import { createTurns, type Turns } from './sqlite-turns.ts';
import { createWriterDriver } from './sqlite-writer.ts';
import { StorageStartError } from '../start-error.ts';
import { writeToSee } from '../write-to-see.ts';

interface SqliteOptions {
  readonly path: string;
  readonly logger: Logger;
  readonly creation?: Creation;
  /** How long a transaction may take; the usual time when left out. */
  readonly transactionMsMax?: number | undefined;
  /** Forces what was written to a file out to the disk; resolves when it is there. */
  readonly syncFile: (file: FileHandle) => Promise<void>;
}

/** What has to be closed again, each thing with what it leans on. */
interface OpenFile {
  readonly lock: FileLock;
  readonly writer: SqliteConnection;
  readonly reader: SqliteConnection;
  readonly log: FileHandle;
  readonly health: SqliteHealth;
}

/**
 * Opens a SQLite database: owns the file, brings it to this program's version, and wires one connection that writes, in
 * turns, with one that reads.
 *
 * @throws {StorageStartError} when it cannot be opened.
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
  const turns = createTurns();
  const sync = createGroupSync(() => syncFile(file.log));
  const writerKysely = (commits: Commits, msMax: number) =>
    new Kysely<Schema>({ dialect: sqliteDialect(() => createWriterDriver({ commits, turns, timeMsMax: msMax })) });
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
  const checkpointer = createCheckpointer({ path, connection, turns, logger, settle: commits.settle });
  return createDatabase({ file, writes: writerKysely(commits, timeMsMax), commits, turns, sync, checkpointer });
}

interface Parts {
  readonly file: OpenFile;
  readonly writes: Kysely<Schema>;
  readonly commits: Commits;
  readonly turns: Turns;
  readonly sync: GroupSync;
  readonly checkpointer: Checkpointer;
}

function createDatabase(parts: Parts): Database {
  const { file, commits, turns, sync, checkpointer } = parts;
  const db = new Kysely<Schema>({ dialect: sqliteDialect(() => createReaderDriver(file.reader, file.writer)) });
  const transaction = createTransactions(parts);
  let areWritesInDoubt = false;
  let closing: Promise<void> | undefined;
  const close = async () => {
    await turns.close();
    commits.settle();
    await checkpointer.close();
    // Whoever waits for a sync is told how it ended; here it only matters that it has.
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
      await transaction(writeToSee);
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
      committed = commits.ofThisOne();
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
    throw new StorageStartError(`Cannot use ${path}: it is damaged, no SQLite database, or cannot be written to.`, {
      cause,
    });
  }
}

// The connection that can write goes last: as the last one it copies the log into the database file and removes it.
async function closeFile({ lock, writer, reader, log }: OpenFile): Promise<void> {
  reader.close();
  await log.close();
  writer.close();
  lock.release();
}
