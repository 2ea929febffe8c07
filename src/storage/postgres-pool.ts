import pg from 'pg';

import type { Logger } from '../kernel/logger.ts';
import { postgresConnectMsMax, postgresIdleConnectionMsMax } from './limits.ts';

interface PoolOptions {
  readonly url: string;
  readonly size: number;
  /** A statement that takes longer is broken off by the server; 0 means that it may take any time. */
  readonly statementMsMax: number;
  /** A statement that the server is silent about for so long is given up; 0 means never. */
  readonly silenceMsMax: number;
  /** A transaction that does nothing for so long is broken off; 0 means never. */
  readonly idleTransactionMsMax: number;
}

/** Makes a pool of connections to PostgreSQL. None is opened before it is needed. */
export function createPool(options: PoolOptions, logger: Logger): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.size,
    application_name: 'sallyport',
    connectionTimeoutMillis: postgresConnectMsMax,
    idleTimeoutMillis: postgresIdleConnectionMsMax,
    statement_timeout: options.statementMsMax,
    query_timeout: options.silenceMsMax,
    idle_in_transaction_session_timeout: options.idleTransactionMsMax,
    keepAlive: true,
    types: { getTypeParser: postgresTypeParser },
  });
  // Whoever was using a connection is told by the failure of the query; an unheard 'error' would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', (error) => logger.warn({ err: error }, 'a connection to the database was lost'));
  return pool;
}

/** What reads a column of a type. */
export const postgresTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  // oxlint-disable-next-line typescript/no-unsafe-return -- the type that pg gives a parser returns any
  oid === pg.types.builtins.INT8 && format !== 'binary' ? parseInt8 : pg.types.getTypeParser(oid, format);

/** Times and counts are far below 2^53, and SQLite gives numbers too; what does not fit is refused, as there. */
function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('an integer of the database is too large for a number');
  return value;
}
