import { type Kysely, Kysely as Database, PostgresDialect, sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';

import { silentLogger } from '../../src/kernel/logger.ts';
import { migrate } from '../../src/storage/migrations/migrate.ts';
import { migrationsFor } from '../../src/storage/migrations/migration-list.ts';
import { openDatabase } from '../../src/storage/open-database.ts';
import type { Schema } from '../../src/storage/schema/schema.ts';
import { openBrowser } from '../support/browser-client.ts';
import { type SceneOrganization, hasSession, readToken, signIn, useLoginScene } from '../support/login-scene.ts';
import { openTestPool } from '../support/postgres-databases.ts';
import { readEverything } from '../support/stored-rows.ts';

/** The whole database of one version, connected as the program of the next version does before it starts. */
function reach(url: string) {
  const pool = openTestPool(url);
  return { db: new Database<Schema>({ dialect: new PostgresDialect({ pool }) }), end: async () => pool.end() };
}

/** What any later migration may do: it adds columns to every table, a table and an index, and fills them. */
function nextMigration(tables: Iterable<string>) {
  return async (db: Kysely<unknown>) => {
    for (const table of tables) {
      await sql`alter table ${sql.table(table)} add column of_the_next_version text not null default 'unset'`.execute(
        db,
      );
    }
    await sql`create table things_of_the_next_version (id text primary key, organization_id text)`.execute(db);
    await sql`insert into things_of_the_next_version select id, id from organizations`.execute(db);
    await sql`create index users_of_the_next_version on users (of_the_next_version)`.execute(db);
    await sql`update users set of_the_next_version = 'filled'`.execute(db);
  };
}

describe('a database that the next version migrates while this one runs', () => {
  let organizations: readonly SceneOrganization[];

  const scene = useLoginScene('postgres');
  beforeAll(async () => {
    organizations = await Promise.all([scene.addOrganization(), scene.addOrganization()]);
    for (const organization of organizations) await signIn(scene, { organization });
  });

  /** Signs a new user in and refreshes their session; returns `in`, or what failed. */
  async function signInAndRefresh(person: number): Promise<string> {
    const organization = organizations[person % 2] ?? organizations[0]!;
    organization.idp.setClaims(() => ({ sub: `person-${person}`, email: `person-${person}@acme.example` }));
    const { browser, answer } = await signIn(scene, { organization, browser: openBrowser() });
    if (!hasSession(browser)) return answer.location;
    const { status } = await readToken(scene, browser);
    return status === 200 ? 'in' : `refreshed: ${status}`;
  }

  it('H260: signs users in before, during and after the migration, and accepts changes', async () => {
    const before = await readEverything(scene.server.database);
    const tables = [...before.keys()].filter((name) => !name.startsWith('schema_migration'));
    const { db, end } = reach(scene.server.databaseUrl);
    let isMigrated = false;
    const next = { up: nextMigration(tables) };
    const migrating = migrate(db, {
      engine: 'postgres',
      migrations: { ...migrationsFor('postgres'), '0099-of-the-next-version': next },
      logger: silentLogger,
    }).finally(() => (isMigrated = true));

    const ends: string[] = [];
    let afterwards = 0;
    for (let person = 0; afterwards < 10; person += 2) {
      if (isMigrated) afterwards += 1;
      ends.push(...(await Promise.all([signInAndRefresh(person), signInAndRefresh(person + 1)])));
    }
    await migrating;
    await end();
    expect(new Set(ends)).toEqual(new Set(['in']));

    const { token } = scene.boot;
    const [{ id: organizationId }] = organizations as [SceneOrganization];
    const group = await scene.server.call('/api/v1/groups', { token, json: { name: 'Engineering', organizationId } });
    expect(group.status).toBe(200);
    expect((await scene.changeConfig(organizations[0]!, { allowedEmailDomains: 'acme.example' })).status).toBe(200);
    expect((await scene.deleteConfig(organizations[1]!)).status).toBe(200);
    const after = await readEverything(scene.server.database);
    expect([...after.keys()]).toEqual(expect.arrayContaining([...before.keys(), 'things_of_the_next_version']));
    expect(after.get('users')?.every((row) => 'of_the_next_version' in row)).toBe(true);
  });

  it('H260: can no longer be opened by this version at the next start', async () => {
    const opening = openDatabase({ url: scene.server.databaseUrl, logger: silentLogger });
    await expect(opening).rejects.toThrow(/0099-of-the-next-version/);
    // The running program is not affected.
    expect(await signInAndRefresh(0)).toBe('in');
  });
});
