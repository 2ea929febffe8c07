import { sql } from 'kysely';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';

import { silentLogger } from '../../src/kernel/logger.ts';
import type { Database, Tx } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open-database.ts';
import { StorageStartError } from '../../src/storage/start-error.ts';
import { type Params, statement } from '../../src/storage/statement.ts';
import { createTestDatabase, createTestPlace, type TestDatabase } from '../support/databases.ts';
import { openPostgresProxy } from '../support/postgres-proxy.ts';
import { startPostgres } from '../support/postgres-server.ts';
import { put, putAlone, rejection, storedKeys } from './rows.ts';

const unavailable = { code: 'storage_unavailable' };
const open = (url: string, poolSize?: number) =>
  openDatabase({ url, logger: silentLogger, ...(poolSize !== undefined && { poolSize }) });

/** A connection beside the program's, as an operator would open it. */
async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

describe('several nodes over one PostgreSQL', () => {
  it('migrate an empty database together, once', async () => {
    const place = await createTestPlace('postgres');
    const nodes = await Promise.all(Array.from({ length: 4 }, () => open(place.url)));
    await Promise.all(nodes.map((node, index) => putAlone(node, `node-${index}`)));
    for (const node of nodes) expect(await storedKeys(node.db)).toHaveLength(4);
    await Promise.all(nodes.map((node) => node.close()));
    await place.remove();
  });
});

describe('PostgreSQL', () => {
  let test: TestDatabase;
  let database: Database;

  beforeEach(async () => {
    test = await createTestDatabase('postgres');
    database = test.database;
  });
  afterEach(() => test.destroy());

  it('retries a transaction that a deadlock aborted', async () => {
    await putAlone(database, 'a');
    await putAlone(database, 'b');
    const runs = { ab: 0, ba: 0 };
    const holdOne = new Set<string>();
    const bothHoldOne = Promise.withResolvers<void>();
    const oneIsDone = Promise.withResolvers<void>();
    const touch = (order: 'ab' | 'ba') =>
      database.transaction(async (tx) => {
        runs[order] += 1;
        // The retried transaction waits for the other one, so they meet exactly once.
        if (runs[order] > 1) await oneIsDone.promise;
        const [first, second] = order === 'ab' ? ['a', 'b'] : ['b', 'a'];
        await tx.updateTable('server_state').set({ value: order }).where('key', '=', first).execute();
        holdOne.add(order);
        if (holdOne.size === 2) bothHoldOne.resolve();
        await bothHoldOne.promise;
        await tx.updateTable('server_state').set({ value: order }).where('key', '=', second).execute();
      });
    await Promise.all([touch('ab').then(oneIsDone.resolve), touch('ba').then(oneIsDone.resolve)]);
    expect(runs.ab + runs.ba).toBe(3);
  });

  it('gives up a transaction that always fails to serialize', async () => {
    let runs = 0;
    const failing = database.transaction(async (tx) => {
      runs += 1;
      await sql`do $$ begin raise exception using errcode = '40001'; end $$`.execute(tx);
    });
    await expect(failing).rejects.toMatchObject(unavailable);
    expect(runs).toBe(3);
  });

  it('receives concurrent queries of a transaction as one message, including the begin', async () => {
    const proxy = await openPostgresProxy(test.url);
    const proxied = await open(proxy.url);
    const stored = statement((tx: Tx, { key }: Params<{ key: string }>) =>
      tx.selectFrom('server_state').select('value').where('key', '=', key),
    );
    await putAlone(proxied, 'a', 'one');
    const messagesOf = async (transaction: (tx: Tx) => Promise<unknown>) => {
      const before = proxy.sent;
      const result = await proxied.transaction(transaction);
      return { result, messages: proxy.sent - before };
    };
    const together = await messagesOf((tx) =>
      Promise.all([stored.first(tx, { key: 'a' }), stored.first(tx, { key: 'b' })]),
    );
    expect(together).toEqual({ result: [{ value: 'one' }, undefined], messages: 2 });
    const oneByOne = await messagesOf(async (tx) => [
      await stored.first(tx, { key: 'a' }),
      await stored.first(tx, { key: 'b' }),
    ]);
    expect(oneByOne).toEqual({ result: [{ value: 'one' }, undefined], messages: 3 });
    await proxied.close();
    await proxy.close();
  });

  it('keeps working after another node changed a table that prepared statements read', async () => {
    const small = await open(test.url, 1);
    await putAlone(small, 'a');
    const read = () => small.db.selectFrom('server_state').selectAll().execute();
    await read();
    const operator = await connect(test.url);
    await operator.query(`alter table server_state add column note text default 'new'`);
    const inTransaction = await small.transaction((tx) => tx.selectFrom('server_state').selectAll().execute());
    expect(inTransaction).toEqual([{ key: 'a', value: '', note: 'new' }]);
    await operator.query('alter table server_state drop column note');
    await operator.end();
    expect(await read()).toEqual([{ key: 'a', value: '' }]);
    await small.close();
  });

  it('keeps working even if all of its connections had prepared them', async () => {
    const size = 6;
    const pool = await open(test.url, size);
    await putAlone(pool, 'a');
    const ready = Promise.withResolvers<void>();
    let entered = 0;
    const read = async (each?: () => Promise<void>) =>
      pool.transaction(async (tx) => {
        const rows = await tx.selectFrom('server_state').selectAll().execute();
        await each?.();
        return rows;
      });
    const together = async () => {
      entered += 1;
      if (entered === size) ready.resolve();
      await ready.promise;
    };
    await Promise.all(Array.from({ length: size }, async () => read(together)));
    const operator = await connect(test.url);
    await operator.query(`alter table server_state add column note text default 'new'`);
    expect(await read()).toEqual([{ key: 'a', value: '', note: 'new' }]);
    await operator.query('alter table server_state drop column note');
    await operator.end();
    await pool.close();
  });

  it('rolls back a transaction whose connection was cut, and continues with another connection', async () => {
    const operator = await connect(test.url);
    const cut = database.transaction(async (tx) => {
      await put(tx, 'a');
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
      await operator.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
      await put(tx, 'b');
    });
    await expect(cut).rejects.toMatchObject(unavailable);
    await operator.end();
    expect(await storedKeys(database.db)).toEqual([]);
    await putAlone(database, 'c');
  });

  it('answers storage_unavailable while the database is read-only, and does not open it then', async () => {
    const operator = await connect(test.url);
    const name = new URL(test.url).pathname.slice(1);
    await operator.query(`alter database ${name} set default_transaction_read_only = on`);
    await expect(open(test.url)).rejects.toThrow(StorageStartError);
    // An open connection keeps its setting. This closes all connections, as a failover would.
    await operator.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> $2', [
      name,
      (await operator.query('select pg_backend_pid() as pid')).rows[0].pid,
    ]);
    await rejection(database.ping());
    await expect(putAlone(database, 'a')).rejects.toMatchObject(unavailable);
    await operator.query(`set default_transaction_read_only = off`);
    await operator.query(`alter database ${name} reset default_transaction_read_only`);
    await operator.end();
  });

  it('names the database, without its password, if it cannot be opened', async () => {
    const missing = new URL(inject('postgresUrl'));
    missing.pathname = '/nowhere';
    missing.password = 'hunter2';
    const wrongPassword = await rejection(open(missing.href));
    expect(wrongPassword).toBeInstanceOf(StorageStartError);
    expect(wrongPassword).toMatchObject({ message: expect.stringContaining(`${missing.host}/nowhere`) });
    expect(String(wrongPassword)).not.toContain('hunter2');
  });
});

// Each test waits for seconds, so they run concurrently, each on its own database.
describe('PostgreSQL under load', { concurrent: true }, () => {
  async function withDatabase(run: (test: TestDatabase) => Promise<void>): Promise<void> {
    const test = await createTestDatabase('postgres');
    try {
      await run(test);
    } finally {
      await test.destroy();
    }
  }

  it('answers storage_unavailable if no connection becomes free in time, and recovers', async () =>
    withDatabase(async ({ url }) => {
      const small = await open(url, 1);
      const entered = Promise.withResolvers<void>();
      const mayEnd = Promise.withResolvers<void>();
      const holding = small.transaction(async (tx) => {
        await put(tx, 'a');
        entered.resolve();
        await mayEnd.promise;
      });
      await entered.promise;
      await expect(small.ping()).rejects.toMatchObject(unavailable);
      mayEnd.resolve();
      await holding;
      await small.ping();
      await small.close();
    }));

  it('answers storage_unavailable if a table stays locked, and recovers', async () =>
    withDatabase(async ({ url, database }) => {
      const operator = await connect(url);
      await operator.query('begin; lock table server_state in access exclusive mode');
      await expect(putAlone(database, 'a')).rejects.toMatchObject({ ...unavailable, cause: { code: '55P03' } });
      await operator.query('rollback');
      await operator.end();
      await putAlone(database, 'b');
      expect(await storedKeys(database.db)).toEqual(['b']);
    }));

  it('is unavailable after it stops until it starts again, and then has everything that was acknowledged', async () => {
    const server = await startPostgres({ isSynced: true });
    const database = await open(server.url);
    try {
      await putAlone(database, 'before');
      await server.stop();
      await expect(database.ping()).rejects.toMatchObject(unavailable);
      await expect(putAlone(database, 'while')).rejects.toMatchObject(unavailable);
      await expect(storedKeys(database.db)).rejects.toMatchObject(unavailable);
      await server.start();
      await putAlone(database, 'after');
      expect(await storedKeys(database.db)).toEqual(['after', 'before']);
    } finally {
      await database.close();
      await server.destroy();
    }
  });
});
