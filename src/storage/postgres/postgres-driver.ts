import type { CompiledQuery, DatabaseConnection, Driver } from 'kysely';
import type { PoolClient, QueryResult } from 'pg';

import {
  type BatchResult,
  type NamedStatement,
  nothingPrepared,
  type PreparedStatements,
  sendBatch,
} from './postgres-batch.ts';
import { postgresStatementMsMax } from '../limits.ts';
import { fromPostgresError, isConnectionLost, isStalePlan, lockNotAvailable, sqlState } from './postgres-errors.ts';
import type { StatementName } from './postgres-statement-names.ts';
import { mayWait, refuseStream, refuseWrite } from '../query-kinds.ts';
import { storageUnavailable } from '../unavailable.ts';

/** The dependencies of a driver for PostgreSQL. */
export interface PostgresDriverOptions {
  /** Takes a connection from a pool. */
  readonly connect: () => Promise<PoolClient>;
  readonly statementName: StatementName;
  /** The prepared statements of each connection of the pool. */
  readonly prepared: WeakMap<PoolClient, PreparedStatements>;
  /** The statements that begin a transaction. They are sent with its first statement. */
  readonly begin: readonly NamedStatement[];
  /** Whether writes are rejected, because they are outside a transaction. */
  readonly isForReads: boolean;
}

const commit: NamedStatement = { name: 'commit', text: 'commit', values: [] };

/** A connection of the pool, until it is released. */
interface PooledConnection extends DatabaseConnection {
  begin(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  release(): void;
}

/** The driver for PostgreSQL. Several drivers may share the connections of a pool. */
export function createPostgresDriver(options: PostgresDriverOptions): Driver {
  return {
    init: () => Promise.resolve(),
    acquireConnection: async () => {
      try {
        const client = await options.connect();
        return createPooledConnection(client, options, createSender(client, options));
      } catch (cause) {
        // Whatever the reason, from a refused connection to a full pool: no connection, no database.
        throw storageUnavailable(cause);
      }
    },
    beginTransaction: (connection: PooledConnection) => connection.begin(),
    commitTransaction: (connection: PooledConnection) => connection.commit(),
    rollbackTransaction: (connection: PooledConnection) => connection.rollback(),
    releaseConnection: async (connection: PooledConnection) => connection.release(),
    destroy: () => Promise.resolve(),
  };
}

function createPooledConnection(client: PoolClient, options: PostgresDriverOptions, sender: Sender): PooledConnection {
  const { begin, isForReads } = options;
  let isSpoiled = false;
  let isOver = false;
  const guarded = async <Result>(query: () => Promise<Result>): Promise<Result> => {
    try {
      return await query();
    } catch (thrown) {
      // A connection with a stale plan would fail at that statement forever.
      isSpoiled ||= isConnectionLost(thrown) || isStalePlan(thrown);
      throw fromPostgresError(thrown);
    }
  };
  // A read waits only for the lock of a table that is being changed, and then as long as a statement may take.
  const read = async (query: CompiledQuery, endsAtMs = performance.now() + postgresStatementMsMax) => {
    try {
      return await sender.send(query);
    } catch (thrown) {
      if (sqlState(thrown) === lockNotAvailable && performance.now() < endsAtMs) return read(query, endsAtMs);
      if (!isStalePlan(thrown)) throw thrown;
      isSpoiled = true;
      return sender.sendWhole(query);
    }
  };
  return {
    executeQuery: async <Row>(query: CompiledQuery) => {
      if (isForReads) refuseWrite(query);
      if (isOver) throw new Error('this connection was released');
      const result = await guarded(() => (isForReads ? read(query) : sender.send(query)));
      const rows: Row[] = result?.rows ?? [];
      return { numAffectedRows: BigInt(result?.rowCount ?? 0), rows };
    },
    begin: async () => sender.keep(...begin),
    commit: async () => {
      const result = await guarded(() => sender.flush(commit));
      // The server's result if an earlier statement failed and `fn` continued anyway.
      if (result.command === 'ROLLBACK') throw new Error('an earlier statement of this transaction failed');
    },
    rollback: async () => {
      if (isSpoiled || !sender.hasSent()) return;
      // The first error says why. A connection that cannot roll back is closed, which rolls back too.
      await guarded(() => client.query('rollback')).catch(() => {
        isSpoiled = true;
      });
    },
    release: () => {
      isOver = true;
      client.release(isSpoiled);
    },
    streamQuery: refuseStream,
  };
}

type Answer = Pick<QueryResult, 'rowCount' | 'rows'>;

/** Sends statements over a connection: those of one moment together, and those that may wait together with the next. */
interface Sender {
  /** Keeps statements until the next ones are sent. */
  keep(...statements: readonly NamedStatement[]): void;
  /** Sends the kept statements and then one more, at once; resolves with the result of the last. */
  flush(last: NamedStatement): Promise<BatchResult>;
  /** Sends a query. If the query may wait, it is kept and has no result. */
  send(query: CompiledQuery): Promise<Answer | undefined>;
  /** Sends a query without preparing it. */
  sendWhole(query: CompiledQuery): Promise<Answer>;
  hasSent(): boolean;
}

/** A statement to send, and the promise of its result, if its result is used. */
interface Kept {
  readonly statement: NamedStatement;
  readonly answer?: PromiseWithResolvers<BatchResult>;
}

function createSender(client: PoolClient, { statementName, prepared }: PostgresDriverOptions): Sender {
  let kept: Kept[] = [];
  let hasSent = false;
  const known = prepared.get(client) ?? nothingPrepared();
  prepared.set(client, known);
  const sendKept = async () => {
    const batch = kept;
    kept = [];
    if (batch.length === 0) return;
    hasSent = true;
    try {
      const results = await sendBatch(
        client,
        known,
        batch.map(({ statement }) => statement),
      );
      for (const [n, { answer }] of batch.entries()) {
        const result = results[n];
        if (result !== undefined) answer?.resolve(result);
      }
    } catch (thrown) {
      for (const { answer } of batch) answer?.reject(thrown);
      throw thrown;
    }
  };
  // The callers that await a result get the failure.
  const sendForAnswers = () => void sendKept().catch(() => undefined);
  const enqueue = async (statement: NamedStatement): Promise<BatchResult> => {
    const answer = Promise.withResolvers<BatchResult>();
    kept.push({ statement, answer });
    return answer.promise;
  };
  const sendWhole = async ({ sql, parameters }: CompiledQuery): Promise<Answer> => {
    await sendKept();
    return client.query({ text: sql, values: [...parameters] });
  };
  return {
    keep: (...statements) => kept.push(...statements.map((statement) => ({ statement }))),
    flush: async (last) => {
      const answer = enqueue(last);
      sendForAnswers();
      return answer;
    },
    sendWhole,
    send: async (query) => {
      const { sql: text, parameters: values } = query;
      const name = statementName(text, values.length);
      if (name === undefined) return sendWhole(query);
      if (mayWait(query)) {
        kept.push({ statement: { name, text, values } });
        return undefined;
      }
      const answer = enqueue({ name, text, values });
      // Other queries of this moment become part of the same message.
      queueMicrotask(sendForAnswers);
      return answer;
    },
    hasSent: () => hasSent,
  };
}
