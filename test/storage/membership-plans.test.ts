import { randomUUID } from 'node:crypto';

import { CompiledQuery, type KyselyPlugin, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { asId, type OrganizationId } from '../../src/contract/ids.ts';
import type { Role } from '../../src/contract/shapes.ts';
import { countMembershipRows, listMembershipRows, type MembersWanted } from '../../src/memberships/queries.ts';
import { hasAdmin } from '../../src/organizations/admin-queries.ts';
import type { Db } from '../../src/storage/database.ts';
import { createTestDatabase, engines, type TestDatabase } from '../support/databases.ts';
import { organizationRow, someTime } from './rows.ts';

const membersCount = 100_000;
const batchSize = 25_000;

/** Queries of one organization's members, by name. */
const queries: Readonly<Record<string, (db: Db, organizationId: OrganizationId) => Promise<unknown>>> = {
  'the first page': async (db, organizationId) => listPage(db, { organizationId }),
  'a later page': async (db, organizationId) => listPage(db, { organizationId }, 500),
  'who is switched off': async (db, organizationId) => listPage(db, { organizationId, isActive: false }),
  'who is an admin': async (db, organizationId) => listPage(db, { organizationId, role: 'admin' }),
  'a search': async (db, organizationId) => listPage(db, { organizationId, search: 'member-7' }),
  'how many there are': async (db, organizationId) => countMembershipRows(db, { organizationId }),
  'how many a search finds': async (db, organizationId) => countMembershipRows(db, { organizationId, search: '99' }),
  'whether there is an admin': async (db, organizationId) => hasAdmin(db, organizationId),
};

async function listPage(db: Db, wanted: MembersWanted, offset = 0): Promise<unknown> {
  return listMembershipRows(db, wanted, { offset, limit: 100 });
}

describe.each(engines)('with a hundred thousand members (%s)', (engine) => {
  let test: TestDatabase;
  const large = organizationRow();
  const small = organizationRow();

  beforeAll(async () => {
    test = await createTestDatabase(engine);
    await test.database.transaction(async (tx) => {
      await tx.insertInto('organizations').values([large, small]).execute();
    });
    for (let from = 0; from < membersCount; from += batchSize) await addMembers(large.id, from, batchSize);
    await addMembers(small.id, membersCount, 50);
    await addGroups('member', 200);
    await addGroups('admin', 1);
    if (engine === 'postgres') await test.database.transaction(async (tx) => void (await sql`analyze`.execute(tx)));
  });
  afterAll(async () => test.destroy());

  async function addMembers(organizationId: string, from: number, count: number): Promise<void> {
    const prefix = randomUUID().slice(0, 24);
    const numbers =
      engine === 'postgres'
        ? sql`(select generate_series(${from}::int, ${from + count - 1}::int) as n) as numbers`
        : sql`(with recursive numbers (n) as (
            select cast(${from} as integer) union all select n + 1 from numbers where n < ${from + count - 1}
          ) select n from numbers) as numbers`;
    const id = engine === 'postgres' ? sql`${prefix} || lpad(n::text, 12, '0')` : sql`${prefix} || printf('%012d', n)`;
    const email = sql`'member-' || n || '@acme.example'`;
    await test.database.transaction(async (tx) => {
      await sql`
        insert into users
        select ${id}, ${email}, ${email}, ${email}, 'First', 'Last', 0, 0, null, ${someTime}, ${someTime} from ${numbers}
      `.execute(tx);
      await sql`
        insert into memberships
        select ${id}, ${organizationId}, ${id}, 'member', 'accepted', ${email}, case when n % 1000 = 0 then 0 else 1 end,
          'sso', ${someTime}, ${someTime}, null, null
        from ${numbers}
      `.execute(tx);
    });
  }

  /** Gives the large organization groups of a hundred members each. */
  async function addGroups(role: Role, count: number): Promise<void> {
    const organization = { organization_id: large.id, created_at: someTime, updated_at: someTime };
    await test.database.transaction(async (tx) => {
      for (let made = 0; made < count; made += 1) {
        const id = randomUUID();
        await tx
          .insertInto('groups')
          .values({ ...organization, id, name: id, slug: id, role })
          .execute();
        await sql`
          insert into group_memberships
          select ${id}, user_id, organization_id, 'idp', created_at from memberships
          where organization_id = ${large.id} limit 100
        `.execute(tx);
      }
    });
  }

  /** How the engine carries out what a query function asks, one line a step. */
  async function plansOf(ask: (db: Db) => Promise<unknown>): Promise<string[]> {
    const asked: CompiledQuery[] = [];
    const listen: KyselyPlugin = {
      transformQuery: ({ node, queryId }) => {
        asked.push(test.database.db.getExecutor().compileQuery(node, queryId));
        return node;
      },
      transformResult: ({ result }) => Promise.resolve(result),
    };
    await ask(test.database.db.withPlugin(listen));
    const lines: string[] = [];
    for (const { sql: text, parameters } of asked) {
      const explain = engine === 'postgres' ? 'explain' : 'explain query plan';
      const plan = CompiledQuery.raw(`${explain} ${text}`, [...parameters]);
      const { rows } = await test.database.db.executeQuery<Record<string, unknown>>(plan);
      lines.push(...rows.map((row) => String(row['QUERY PLAN'] ?? row['detail'])));
    }
    return lines;
  }

  // What reads a whole table, whoever's rows they are, in the words of either engine.
  const wholeTable =
    /Seq Scan on (?:memberships|users|group_memberships)|^SCAN (?:memberships|users|group_memberships)/;

  // The groups of the large organization may well be read whole: all of them are its own.
  const allMembers = /Seq Scan on (?:memberships|users)|^SCAN (?:memberships|users)/;

  it.each(Object.keys(queries))('a small organization pays for its own: %s', async (name) => {
    const plan = await plansOf(async (db) => queries[name]?.(db, asId<OrganizationId>(small.id)));
    expect(plan.length).toBeGreaterThan(0);
    expect(plan.filter((line) => wholeTable.test(line))).toEqual([]);
  });

  it.each(['the first page', 'a later page', 'who is switched off', 'whether there is an admin'])(
    'the large one reads what it needs by an index: %s',
    async (name) => {
      const plan = await plansOf(async (db) => queries[name]?.(db, asId<OrganizationId>(large.id)));
      expect(plan.filter((line) => allMembers.test(line))).toEqual([]);
    },
  );

  it('every page holds what it should', async () => {
    const organizationId = asId<OrganizationId>(large.id);
    expect(await countMembershipRows(test.database.db, { organizationId })).toBe(membersCount);
    expect(await countMembershipRows(test.database.db, { organizationId, isActive: false })).toBe(100);
    expect(await countMembershipRows(test.database.db, { organizationId, search: 'MEMBER-77777@' })).toBe(1);
    const rows = await listMembershipRows(test.database.db, { organizationId }, { offset: 99_999, limit: 10 });
    expect(rows.map((row) => row.email)).toEqual(['member-9@acme.example']);
  });
});
