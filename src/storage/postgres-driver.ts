import type { CompiledQuery, DatabaseConnection, Driver } from 'kysely';
import type { Pool, PoolClient, QueryResult } from 'pg';

import { fromPostgresError, isConnectionLost, isStalePlan } from './postgres-errors.ts';
import type { StatementName } from './postgres-statement-names.ts';
import { refuseStream, refuseWrite } from './query-kinds.ts';
import { storageUnavailable } from './unavailable.ts';

interface PostgresDriverOptions {
  readonly pool: Pool;
  readonly statementName: StatementName;
  /** What begins a transaction. */
  readonly begin: string;
  /** Whether writes outside a transaction are refused. */
  readonly isForReads: boolean;
}

/** A connection of the pool, for as long as it is lent. */
interface Lent extends DatabaseConnection {
  begin(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  giveBack(): void;
}

/** The driver for PostgreSQL. Its connections come from a pool that other drivers may share. */
export function createPostgresDriver(options: PostgresDriverOptions): Driver {
  return {
    init: () => Promise.resolve(),
    acquireConnection: async () => {
      try {
        return lend(await options.pool.connect(), options);
      } catch (cause) {
        // Whatever the reason, from a refused connection to a full pool: no connection, no database.
        throw storageUnavailable(cause);
      }
    },
    beginTransaction: (lent: Lent) => lent.begin(),
    commitTransaction: (lent: Lent) => lent.commit(),
    rollbackTransaction: (lent: Lent) => lent.rollback(),
    releaseConnection: async (lent: Lent) => lent.giveBack(),
    destroy: () => Promise.resolve(),
  };
}

function lend(client: PoolClient, { statementName, begin, isForReads }: PostgresDriverOptions): Lent {
  let isSpoiled = false;
  const guarded = async <Result>(query: () => Promise<Result>): Promise<Result> => {
    try {
      return await query();
    } catch (thrown) {
      // A connection with a stale plan would fail at that statement for ever.
      isSpoiled ||= isConnectionLost(thrown) || isStalePlan(thrown);
      throw fromPostgresError(thrown);
    }
  };
  const send = ({ sql, parameters }: CompiledQuery): Promise<QueryResult> => {
    const name = statementName(sql, parameters.length);
    return client.query({ text: sql, values: [...parameters], ...(name !== undefined && { name }) });
  };
  const sendRead = async (query: CompiledQuery): Promise<QueryResult> => {
    try {
      return await send(query);
    } catch (thrown) {
      if (!isStalePlan(thrown)) throw thrown;
      isSpoiled = true;
      return client.query(query.sql, [...query.parameters]);
    }
  };
  return {
    executeQuery: async <Row>(query: CompiledQuery) => {
      if (isForReads) refuseWrite(query);
      const result = await guarded(() => (isForReads ? sendRead(query) : send(query)));
      const rows: Row[] = result.rows;
      return { numAffectedRows: BigInt(result.rowCount ?? 0), rows };
    },
    begin: async () => {
      await guarded(() => client.query(begin));
    },
    commit: async () => {
      const result = await guarded(() => client.query('commit'));
      // The server answers so when an earlier statement failed and `fn` went on regardless.
      if (result.command === 'ROLLBACK') throw new Error('an earlier statement of this transaction failed');
    },
    rollback: async () => {
      if (isSpoiled) return;
      // The first error is the one that tells why. A connection that cannot roll back is closed, which rolls back too.
      await guarded(() => client.query('rollback')).catch(() => {
        isSpoiled = true;
      });
    },
    giveBack: () => client.release(isSpoiled),
    streamQuery: refuseStream,
  };
}
