import { execFileSync } from 'node:child_process';
import { copyFile, rename, rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { bootstrap, startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let path: string;

beforeEach(async () => {
  server = await startTestServer({ engine: 'sqlite' });
  path = server.databaseUrl.slice('sqlite:'.length);
});
afterEach(() => server.close());

const readiness = async () => (await server.call('/api/ready')).status;

it.each(['', '-wal'])('detects a removed database file (%s) until it is put back', async (suffix) => {
  const { token } = await bootstrap(server);
  expect(await readiness()).toBe(200);
  await rename(`${path}${suffix}`, `${path}.away`);
  expect(await readiness()).toBe(503);
  // Acknowledged it would be lost with the process.
  const write = await server.call('/api/v1/groups', { token, json: { name: 'Engineering' } });
  expect([write.status, write.body.code]).toEqual([503, 'storage_unavailable']);
  await rename(`${path}.away`, `${path}${suffix}`);
  expect(await readiness()).toBe(200);
});

it('detects a replaced database file', async () => {
  await copyFile(path, `${path}.copy`);
  await rm(path);
  expect(await readiness()).toBe(503);
  await rename(`${path}.copy`, path);
  expect(await readiness()).toBe(503);
});

it('detects an overwritten page with the first statement that reads it, and stays not ready', async () => {
  const { token } = await bootstrap(server);
  spoilPagesOf('groups');
  expect(await readiness()).toBe(200);
  expect((await server.call('/api/v1/groups', { token })).status).toBe(503);
  for (let asked = 0; asked < 2; asked += 1) expect(await readiness()).toBe(503);
  // What lies elsewhere can be read as before.
  expect((await server.call('/.well-known/jwks.json')).status).toBe(200);
});

/** Overwrites the first page of a table and of each of its indexes, which no connection has in memory. */
function spoilPagesOf(table: string): void {
  const beside = new DatabaseSync(path);
  beside.exec('pragma wal_checkpoint(truncate)');
  const pages = beside.prepare('select rootpage from sqlite_schema where tbl_name = ?').all(table);
  const size = Number(beside.prepare('pragma page_size').get()?.['page_size']);
  // A change by another connection makes the server read its pages from the file again.
  beside.exec("insert into server_state values ('spoiled', ''); pragma wal_checkpoint(truncate)");
  beside.close();
  // By another process: to close the file in this one would drop the locks that SQLite holds on it.
  const overwrite = (page: number) => [`of=${path}`, `bs=${size}`, `seek=${page - 1}`];
  for (const { rootpage } of pages) {
    execFileSync('dd', ['if=/dev/urandom', 'count=1', 'conv=notrunc', 'status=none', ...overwrite(Number(rootpage))]);
  }
}
