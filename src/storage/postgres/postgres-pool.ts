import pg from 'pg';

import type { Logger } from '../../kernel/logger.ts';
import { postgresConnectMsMax, postgresIdleConnectionMsMax } from '../limits.ts';
import { readPostgresTls } from './postgres-tls.ts';

/** The limits of a session that the server enforces; 0 means none. */
interface SessionLimits {
  /** A statement is cancelled after this long. */
  readonly statementMsMax: number;
  /** A transaction that is idle for this long is ended. */
  readonly idleTransactionMsMax: number;
  /** A wait for a lock ends after a time in this range, different on each connection. */
  readonly lockMsRange: { readonly min: number; readonly max: number };
}

interface PoolOptions {
  readonly url: string;
  readonly size: number;
  /** A statement fails if the server is silent for this long; 0 means never. */
  readonly silenceMsMax: number;
  /** The default is no limits. */
  readonly limits?: SessionLimits;
}

/** Creates a pool of connections to PostgreSQL. Connections are opened when they are needed. */
export function createPool({ url, size, silenceMsMax, limits }: PoolOptions, logger: Logger): pg.Pool {
  const { connectionString, ssl } = readPostgresTls(url);
  let connections = 0;
  const pool = new pg.Pool({
    connectionString,
    ...(ssl === undefined ? {} : { ssl }),
    max: size,
    application_name: 'sallyport',
    connectionTimeoutMillis: postgresConnectMsMax,
    idleTimeoutMillis: postgresIdleConnectionMsMax,
    query_timeout: silenceMsMax,
    keepAlive: true,
    types: { getTypeParser: postgresTypeParser },
    // Poolers reject settings in the startup message, and their error does not say why.
    // oxlint-disable-next-line typescript/no-misused-promises -- the pool waits for it, whatever its type says
    onConnect: async (client) => {
      if (limits !== undefined) await client.query(settingsOf(limits, (connections++ % size) / size));
    },
  });
  // The failed query reports the error to its caller. An 'error' event without a listener would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', (error) => logger.warn({ err: error }, 'a connection to the database was lost'));
  return pool;
}

function settingsOf({ statementMsMax, idleTransactionMsMax, lockMsRange }: SessionLimits, share: number): string {
  const lockMs = Math.round(lockMsRange.min + (lockMsRange.max - lockMsRange.min) * share);
  return (
    `set statement_timeout = ${statementMsMax}; set lock_timeout = ${lockMs}; ` +
    `set idle_in_transaction_session_timeout = ${idleTransactionMsMax}`
  );
}

/** The parser for the values of a type. */
export const postgresTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  // oxlint-disable-next-line typescript/no-unsafe-return -- the type that pg gives a parser returns any
  oid === pg.types.builtins.INT8 && format !== 'binary' ? parseInt8 : pg.types.getTypeParser(oid, format);

/** Times and counts are far below 2^53, and SQLite returns numbers too. Larger values are rejected, as on SQLite. */
function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('an integer of the database is too large for a number');
  return value;
}
