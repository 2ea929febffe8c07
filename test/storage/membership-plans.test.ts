import { randomUUID } from 'node:crypto';

import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { asId, type OrganizationId } from '../../src/contract/ids.ts';
import type { Role } from '../../src/contract/shapes.ts';
import { countMembers, listMembers, type MembersWanted } from '../../src/memberships/queries.ts';
import { hasAdmin } from '../../src/access/admin-queries.ts';
import type { Db } from '../../src/storage/database.ts';
import { createTestDatabase, engines, type TestDatabase } from '../support/databases.ts';
import { addMembers, plansOf } from './plans.ts';
import { organizationRow, someTime } from './rows.ts';

const membersCount = 100_000;
const batchSize = 25_000;

/** Queries of one organization's members, by name. */
const queries: Readonly<Record<string, (db: Db, organizationId: OrganizationId) => Promise<unknown>>> = {
  'the first page': async (db, organizationId) => listPage(db, { organizationId }),
  'a later page': async (db, organizationId) => listPage(db, { organizationId }, 500),
  'deactivated members': async (db, organizationId) => listPage(db, { organizationId, isActive: false }),
  'who is an admin': async (db, organizationId) => listPage(db, { organizationId, role: 'admin' }),
  'a search': async (db, organizationId) => listPage(db, { organizationId, search: 'member-7' }),
  'how many there are': async (db, organizationId) => countMembers(db, { organizationId }),
  'how many a search finds': async (db, organizationId) => countMembers(db, { organizationId, search: '99' }),
  'whether there is an admin': async (db, organizationId) => hasAdmin(db, organizationId),
};

async function listPage(db: Db, wanted: MembersWanted, offset = 0): Promise<unknown> {
  return listMembers(db, wanted, { offset, limit: 100 });
}

describe.each(engines)('query plans with a hundred thousand members (%s)', (engine) => {
  let test: TestDatabase;
  const large = organizationRow();
  const small = organizationRow();

  beforeAll(async () => {
    test = await createTestDatabase(engine);
    await test.database.transaction(async (tx) => {
      await tx.insertInto('organizations').values([large, small]).execute();
    });
    for (let first = 0; first < membersCount; first += batchSize) await add(large.id, first, batchSize);
    await add(small.id, membersCount, 50);
    await addGroups('member', 200);
    await addGroups('admin', 1);
    if (engine === 'postgres') await test.database.transaction(async (tx) => void (await sql`analyze`.execute(tx)));
  });
  afterAll(async () => test.destroy());

  async function add(organizationId: string, first: number, count: number): Promise<void> {
    await test.database.transaction(async (tx) => addMembers(tx, engine, { organizationId, first, count }));
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

  // How either engine describes a read of a whole table, with the rows of all organizations.
  const wholeTable =
    /Seq Scan on (?:memberships|users|group_memberships)|^SCAN (?:memberships|users|group_memberships)/;

  // The large organization's groups may be read completely, because it owns all of them.
  const allMembers = /Seq Scan on (?:memberships|users)|^SCAN (?:memberships|users)/;

  it.each(Object.keys(queries))('a small organization pays only for its own rows: %s', async (name) => {
    const plans = await plansOf(test, engine, async (db) => queries[name]?.(db, asId<OrganizationId>(small.id)));
    const plan = plans.flat();
    expect(plan.length).toBeGreaterThan(0);
    expect(plan.filter((line) => wholeTable.test(line))).toEqual([]);
  });

  it.each(['the first page', 'a later page', 'deactivated members', 'whether there is an admin'])(
    'a large organization reads through an index: %s',
    async (name) => {
      const plans = await plansOf(test, engine, async (db) => queries[name]?.(db, asId<OrganizationId>(large.id)));
      expect(plans.flat().filter((line) => allMembers.test(line))).toEqual([]);
    },
  );

  it('every page has the right rows', async () => {
    const organizationId = asId<OrganizationId>(large.id);
    expect(await countMembers(test.database.db, { organizationId })).toBe(membersCount);
    expect(await countMembers(test.database.db, { organizationId, isActive: false })).toBe(100);
    expect(await countMembers(test.database.db, { organizationId, search: 'MEMBER-77777@' })).toBe(1);
    const rows = await listMembers(test.database.db, { organizationId }, { offset: 99_999, limit: 10 });
    expect(rows.map((row) => row.email)).toEqual(['member-9@acme.example']);
  });
});
