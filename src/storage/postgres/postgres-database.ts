import { type Dialect, Kysely, PostgresAdapter, PostgresQueryCompiler, sql } from 'kysely';
import type { Pool, PoolClient } from 'pg';

import type { Logger } from '../../kernel/logger.ts';
import type { Database } from '../database.ts';
import { connectDirectly } from '../direct-connection.ts';
import {
  postgresLockMsRange,
  postgresPoolSizeDefault,
  postgresSilenceMsMax,
  postgresStatementMsMax,
  transactionMsMax,
  transactionTriesMax,
} from '../limits.ts';
import { migrate } from '../migrations/migrate.ts';
import { migrationsFor } from '../migrations/migration-list.ts';
import type { Creation } from '../missing-database.ts';
import type { NamedStatement, PreparedStatements } from './postgres-batch.ts';
import { createPostgresDriver, type PostgresDriverOptions } from './postgres-driver.ts';
import { isDiskFailure, isPostgresRetryable, isStalePlan } from './postgres-errors.ts';
import { createPostgresIntrospector } from './postgres-introspector.ts';
import { createConnect } from './postgres-connect.ts';
import { createLockWaits } from './postgres-lock-waits.ts';
import { createPool } from './postgres-pool.ts';
import { refuseTransactionPooler } from './postgres-pooler.ts';
import { describePostgresFault, whereIs } from './postgres-start-fault.ts';
import { createStatementNames } from './postgres-statement-names.ts';
import type { Schema } from '../schema/schema.ts';
import { StorageStartError } from '../start-error.ts';
import { storageUnavailable } from '../unavailable.ts';
import { probeWrite } from '../probe-write.ts';

interface PostgresOptions {
  readonly url: string;
  readonly poolSize: number | undefined;
  readonly logger: Logger;
  readonly creation: Creation;
}

const begin = [{ name: 'begin', text: 'begin', values: [] }];
const beginRelaxed = [...begin, { name: 'relax', text: 'set local synchronous_commit to off', values: [] }];

/**
 * Opens a PostgreSQL database, which any number of nodes may share, and migrates it to this program's version.
 *
 * Transactions are READ COMMITTED. The server's `synchronous_commit` decides whether a commit is durable on the
 * server's
 * disk only, or on a standby too.
 *
 * @throws {StorageStartError} if it cannot be reached or used.
 */
export async function openPostgresDatabase({ url, poolSize, logger, creation }: PostgresOptions): Promise<Database> {
  await migratePostgres({ url, logger, creation });
  const size = poolSize ?? postgresPoolSizeDefault;
  const pool = createPool(
    {
      url,
      size,
      silenceMsMax: postgresSilenceMsMax,
      limits: {
        statementMsMax: postgresStatementMsMax,
        idleTransactionMsMax: transactionMsMax,
        lockMsRange: postgresLockMsRange,
      },
    },
    logger,
  );
  const database = createDatabase(pool, size);
  try {
    await database.ping();
  } catch (cause) {
    await database.close();
    throw new StorageStartError(`The database at ${whereIs(url)} can be reached but not written to.`, { cause });
  }
  return database;
}

function createDatabase(pool: Pool, poolSize: number): Database {
  const statementName = createStatementNames();
  const connect = createConnect(pool);
  const prepared = new WeakMap<PoolClient, PreparedStatements>();
  const kysely = (beginWith: readonly NamedStatement[], isForReads: boolean) =>
    new Kysely<Schema>({
      dialect: dialect({ connect, statementName, prepared, begin: beginWith, isForReads }),
    });
  const db = kysely(begin, true);
  const transaction = createTransactions(
    { durable: kysely(begin, false), relaxed: kysely(beginRelaxed, false) },
    poolSize,
  );
  let areWritesInDoubt = false;
  let closing: Promise<void> | undefined;
  return {
    engine: 'postgres',
    db,
    transaction: async (fn, options) => {
      try {
        return await transaction(fn, options);
      } catch (thrown) {
        areWritesInDoubt ||= isDiskFailure(thrown);
        throw thrown;
      }
    },
    ping: async () => {
      const setting = await sql<{ is_read_only: string }>`
        select current_setting('transaction_read_only') as is_read_only
      `.execute(db);
      // A standby answers, and so does a server that is read-only. Neither accepts writes.
      if (setting.rows[0]?.is_read_only !== 'off') throw storageUnavailable(new Error('the database is read-only'));
      if (!areWritesInDoubt) return;
      await transaction(probeWrite);
      areWritesInDoubt = false;
    },
    close: () => (closing ??= pool.end()),
  };
}

function createTransactions(
  writes: Readonly<Record<'durable' | 'relaxed', Kysely<Schema>>>,
  poolSize: number,
): Database['transaction'] {
  const waitForLocks = createLockWaits(poolSize);
  return async (fn, { durability = 'durable' } = {}) =>
    waitForLocks(async () => {
      // A connection with a stale plan is closed, so each connection of the pool fails at most once.
      for (let tries = 1, stale = 0; ;) {
        try {
          return await writes[durability].transaction().execute(async (tx) => {
            await connectDirectly(tx);
            return fn(tx);
          });
        } catch (thrown) {
          if (!isPostgresRetryable(thrown)) throw thrown;
          if (isStalePlan(thrown)) stale += 1;
          else tries += 1;
          if (tries > transactionTriesMax || stale > poolSize) throw storageUnavailable(thrown);
        }
      }
    });
}

/** Migrates over a connection of its own: a migration, or the wait for another node's, may take any time. */
async function migratePostgres({ url, logger, creation }: Omit<PostgresOptions, 'poolSize'>): Promise<void> {
  const pool = createPool({ url, size: 2, silenceMsMax: 0 }, logger);
  const prepared = new WeakMap<PoolClient, PreparedStatements>();
  const connect = async () => pool.connect();
  const options = { connect, statementName: () => undefined, prepared, begin, isForReads: false };
  const db = new Kysely<Schema>({ dialect: dialect(options) });
  try {
    await refuseTransactionPooler(pool);
    const migrations = migrationsFor('postgres');
    await migrate(db, { engine: 'postgres', migrations, logger, creation, where: whereIs(url) });
  } catch (cause) {
    if (cause instanceof StorageStartError) throw cause;
    throw new StorageStartError(describePostgresFault(url, cause), { cause });
  } finally {
    await pool.end();
  }
}

function dialect(options: PostgresDriverOptions): Dialect {
  return {
    createDriver: () => createPostgresDriver(options),
    createAdapter: () => new PostgresAdapter(),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createIntrospector: createPostgresIntrospector,
  };
}
