import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { silentLogger } from '../../src/kernel/logger.ts';
import { openDatabase } from '../../src/storage/open-database.ts';
import { createTestDatabase } from '../support/databases.ts';
import { hasSession, type LoginScene, openLoginScene, type SceneOrganization, signIn } from '../support/login-scene.ts';
import { openTransactionPooler } from '../support/transaction-pooler.ts';
import { putAlone, storedKeys } from '../storage/rows.ts';

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const member = (name: string) => ({ sub: name, email: `${name}@acme.example`, email_verified: true });

describe('a locked row of one organization', () => {
  let scene: LoginScene;
  let locked: SceneOrganization;
  let other: SceneOrganization;
  let operator: pg.Client;

  beforeEach(async () => {
    scene = await openLoginScene('postgres');
    locked = await scene.addOrganization({ idp: { claims: member('lena') } });
    other = await scene.addOrganization({ idp: { claims: member('otto') } });
    await signIn(scene, { organization: locked });
    operator = await connect(scene.server.databaseUrl);
  });
  afterEach(async () => {
    await operator.end();
    await scene.close();
  });

  const isSignedIn = async (organization: SceneOrganization) =>
    hasSession((await signIn(scene, { organization })).browser);

  it.each([
    ['audit_heads', 'organization_id'],
    ['memberships', 'organization_id'],
  ])('H390: takes no connections from the others (%s)', async (table, column) => {
    await operator.query('begin');
    await operator.query(`select 1 from ${table} where ${column} = $1 for update`, [locked.id]);
    const waiting = Promise.all(Array.from({ length: 18 }, () => isSignedIn(locked)));
    const others = [];
    for (let round = 0; round < 5; round += 1) {
      others.push(await isSignedIn(other), (await scene.server.call('/api/ready')).status);
    }
    expect(others).toEqual(Array.from({ length: 5 }, () => [true, 200]).flat());
    // Before they have waited for too long.
    await operator.query('rollback');
    expect(await waiting).toContain(true);
    expect(await isSignedIn(locked)).toBe(true);
  });
});

describe('connections to PostgreSQL', () => {
  it('are awaited if the server allows fewer than the pool size', async () => {
    const test = await createTestDatabase('postgres');
    const operator = await connect(test.url);
    const name = new URL(test.url).pathname.slice(1);
    // No superuser, for whom there is no limit.
    await operator.query(`create role ${name} login password 'practice' connection limit 3`);
    await operator.query(`grant all on all tables in schema public to ${name}`);
    const url = new URL(test.url);
    url.username = name;
    const database = await openDatabase({ url: url.href, logger: silentLogger, poolSize: 10 });
    const keys = Array.from({ length: 60 }, (_, n) => `key-${n}`);
    await Promise.all(keys.map(async (key) => putAlone(database, key)));
    expect(await storedKeys(database.db)).toHaveLength(keys.length);
    await database.close();
    await operator.query(`drop owned by ${name}; drop role ${name}`);
    await operator.end();
    await test.destroy();
  });

  it('are rejected with the reason through a pooler in transaction mode', async () => {
    const test = await createTestDatabase('postgres');
    const pooler = await openTransactionPooler(test.url);
    await expect(openDatabase({ url: pooler.url, logger: silentLogger })).rejects.toThrow(
      'DATABASE_URL leads to a connection pooler in transaction mode',
    );
    await pooler.close();
    await test.destroy();
  });
});

describe('a full disk of PostgreSQL', () => {
  it('is reported from the first write that fails until a write succeeds', async () => {
    const test = await createTestDatabase('postgres');
    const operator = await connect(test.url);
    // What PostgreSQL reports then (its manual, appendix A).
    await operator.query(`
      create function no_space() returns trigger language plpgsql
        as $$ begin raise exception 'no space left on device' using errcode = '53100'; end $$;
      create trigger no_space before insert on server_state execute function no_space()`);
    await test.database.ping();
    await expect(putAlone(test.database, 'a')).rejects.toMatchObject({ code: 'storage_unavailable' });
    for (let asked = 0; asked < 2; asked += 1) {
      await expect(test.database.ping()).rejects.toMatchObject({ code: 'storage_unavailable' });
    }
    await operator.query('drop trigger no_space on server_state');
    await test.database.ping();
    await operator.end();
    await test.destroy();
  });
});
