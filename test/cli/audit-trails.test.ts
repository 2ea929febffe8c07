import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { silentLogger } from '../../src/kernel/logger.ts';
import type { Tx } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open-database.ts';
import { type CommandEnd, runCommand } from '../support/command-line.ts';
import { createTestPlace, engines, type TestPlace } from '../support/databases.ts';
import { runProgram } from '../support/program.ts';
import { call } from '../support/server.ts';
import {
  bootstrapProcess,
  reachableSettings,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts';

interface Trigger {
  readonly name: string;
  readonly on_table: string;
}

// Each test starts several processes.
const timeoutMs = 120_000;

describe.each(engines)('the audit trails of %s', { timeout: timeoutMs }, (engine) => {
  let folder: string;
  let place: TestPlace;
  let env: Record<string, string>;
  let server: ServerProcess;
  let organizationId: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sallyport-audit-'));
    place = await createTestPlace(engine);
    env = { DATABASE_URL: place.url, SALLYPORT_ROOT_KEY_FILE: join(folder, 'root.key') };
    server = startServerProcess(folder, { ...(await reachableSettings()), ...env });
    const url = await server.ready;
    const made = await bootstrapProcess(url);
    ({ organizationId } = made);
    // The instance admin's own sign-in is in the server's audit trail.
    const json = { email: 'admin@acme.example', password: 'correct horse battery' };
    await call(`${url}/api/v3/auth/login`, { json });
    for (let count = 0; count < 3; count += 1) {
      await call(`${url}/api/v1/groups`, { token: made.token, json: { name: randomUUID(), organizationId } });
    }
  });
  afterEach(async () => {
    await stop();
    await place.remove();
    await rm(folder, { recursive: true });
  });

  const run = (...words: string[]): Promise<CommandEnd> => runCommand(words, { home: folder, env });
  const runAlone = (...words: string[]): Promise<CommandEnd> => runProgram(words, { home: folder, env });
  const stop = async () => {
    server.signal('SIGTERM');
    await server.ended;
  };

  test('are verified while the server runs, one or all, with their entry counts', async () => {
    const all = await runAlone('audit', 'verify');
    expect([all.exitCode, all.errors]).toStrictEqual([0, '']);
    expect(all.output).toMatch(/^server: \d+ entries$/mu);
    expect(all.output).toContain('2 trails with');
    expect(all.output).toContain('nothing was altered or removed');
    const one = await run('audit', 'verify', '--organization', organizationId);
    expect(one.output).toMatch(new RegExp(`^organization ${organizationId}: [3-9] entries\\n1 trail with`, 'u'));
  });

  test('fail the verification, by name, if they were changed in the database', async () => {
    await stop();
    await tamper((tx) =>
      sql`update audit_events set ip_address = '192.0.2.9' where organization_id = ${organizationId} and sequence = 2`.execute(
        tx,
      ),
    );
    const { exitCode, output, errors } = await runAlone('audit', 'verify');
    expect([exitCode, output]).toStrictEqual([1, '']);
    expect(errors).toBe(
      `sallyport: organization ${organizationId}, entry 2: the entry, or the one before it, is not what was written (altered).\n`,
    );
    expect((await run('audit', 'verify', '--organization', randomUUID())).errors).toContain('no such trail');
  });

  test('are pruned up to a day, and the rest still verifies', async () => {
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    if (engine === 'sqlite') expect((await runAlone('audit', 'prune', '--before', tomorrow)).exitCode).toBe(1);
    await stop();
    for (const day of ['', '2026-02-31', 'yesterday', '2026-01-01T00:00:00Z']) {
      expect((await run('audit', 'prune', '--before', day)).errors).toContain('--before takes a day');
    }
    expect((await run('audit', 'prune', '--before', '2020-01-01')).output).toMatch(/^0 entries/u);
    const pruned = await runAlone('audit', 'prune', '--before', tomorrow, '--organization', organizationId);
    expect([pruned.exitCode, pruned.errors]).toStrictEqual([0, '']);
    expect(pruned.output).toMatch(/^[3-9] entries older than/u);
    // The entry that records it.
    expect((await run('audit', 'verify', '--organization', organizationId)).output).toMatch(
      /: 1 entries; entries up to [3-9] were pruned\n/u,
    );
  });

  test('need the root key and a database with data', async () => {
    await stop();
    const keyless = { ...env, SALLYPORT_ROOT_KEY_FILE: join(folder, 'nowhere.key') };
    const verify = (settings: Record<string, string>) =>
      runCommand(['audit', 'verify'], { home: folder, env: settings });
    expect((await verify(keyless)).errors).toContain('The root key is missing');
    const { SALLYPORT_ROOT_KEY_FILE: _file, ...unkeyed } = env;
    const other = { ...unkeyed, SALLYPORT_ROOT_KEY: Buffer.alloc(32, 1).toString('base64') };
    expect((await verify(other)).errors).toContain('The root key does not belong to this database');
    expect((await verify({ ...env, DATABASE_URL: `sqlite:${join(folder, 'none.db')}` })).errors).toContain(
      'no database',
    );
  });

  test('H340: reports a cut trail whose seal was removed, however often the server starts afterwards', async () => {
    await stop();
    const head = sql`select max(sequence) from audit_events where organization_id = ${organizationId}`;
    const last = sql`select hash from audit_events where organization_id = ${organizationId} and sequence = (${head})`;
    await tamper(async (tx) => {
      await sql`delete from audit_events where organization_id = ${organizationId} and sequence = (${head})`.execute(
        tx,
      );
      await sql`update audit_heads set sequence = (${head}), hash = (${last}), seal = ''
        where organization_id = ${organizationId}`.execute(tx);
    });
    await startAgain();
    await stop();
    const { exitCode, errors } = await run('audit', 'verify');
    expect([exitCode, errors]).toStrictEqual([1, expect.stringContaining('(head_altered)')]);
  });

  test('H340: reports every trail if the key that seals them was removed', async () => {
    await stop();
    await tamper(async (tx) => {
      await sql`delete from audit_keys`.execute(tx);
      await sql`update audit_heads set seal = ''`.execute(tx);
    });
    expect((await run('audit', 'verify')).errors.match(/head_altered/gu)).toHaveLength(2);
    await startAgain();
    await stop();
    expect((await run('audit', 'verify')).errors.match(/head_altered/gu)).toHaveLength(2);
  });

  test("H340: reports the server's trail if it was removed", async () => {
    await stop();
    await tamper(async (tx) => {
      await sql`delete from audit_events where organization_id = 'server'`.execute(tx);
      await sql`delete from audit_heads where organization_id = 'server'`.execute(tx);
    });
    await startAgain();
    const json = { email: 'admin@acme.example', password: 'correct horse battery' };
    expect((await run('audit', 'verify')).errors).toContain('server, entry 1');
    await call(`${await server.ready}/api/v3/auth/login`, { json });
    expect((await run('audit', 'verify')).errors).toContain('server, entry 1');
  });

  async function startAgain(): Promise<void> {
    server = startServerProcess(folder, { ...(await reachableSettings()), ...env });
    await server.ready;
  }

  // The triggers prevent it for every database user except the owner, who can drop them.
  async function tamper(change: (tx: Tx) => Promise<unknown>): Promise<void> {
    const database = await openDatabase({ url: place.url, logger: silentLogger });
    try {
      await database.transaction(async (tx) => {
        const { rows } = await (
          engine === 'sqlite'
            ? sql<Trigger>`select name, tbl_name as on_table from sqlite_schema where type = 'trigger' and tbl_name like 'audit_%'`
            : sql<Trigger>`select tgname as name, tgrelid::regclass::text as on_table from pg_trigger
                where tgrelid in ('audit_events'::regclass, 'audit_heads'::regclass) and not tgisinternal`
        ).execute(tx);
        for (const { name, on_table: table } of rows) {
          await (
            engine === 'sqlite'
              ? sql`drop trigger ${sql.id(name)}`
              : sql`drop trigger ${sql.id(name)} on ${sql.id(table)}`
          ).execute(tx);
        }
        await change(tx);
      });
    } finally {
      await database.close();
    }
  }
});
