import { randomUUID } from 'node:crypto';

import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type EntryFilter, listEntries } from '../../src/audit-logs/queries.ts';
import { asId, type OrganizationId } from '../../src/contract/ids.ts';
import { invitationStatuses } from '../../src/contract/invitations.ts';
import {
  countMembers,
  findMemberNamed,
  listStoredGroups,
  listMembers,
  type MemberFilter,
} from '../../src/groups/queries.ts';
import { countIdentities, listIdentityRows } from '../../src/machine-identities/queries.ts';
import { countInvitations, listInvitationRows } from '../../src/invitations/queries.ts';
import { countIdentitiesOf, countOpenRelinks, listOpenRelinks } from '../../src/memberships/relink-queries.ts';
import type { Db } from '../../src/storage/database.ts';
import { createTestDatabase, engines, type TestDatabase } from '../support/databases.ts';
import { addMembers, numberedIds, numbersFrom, plansOf } from './plans.ts';
import { organizationRow, someTime } from './rows.ts';

const rowsCount = 100_000;
const batchSize = 10_000;
const page = { offset: 0, limit: 100 };
const laterPage = { offset: 500, limit: 100 };

/** The organization, and a group of it, that a query is about. */
interface Place {
  readonly organizationId: OrganizationId;
  readonly groupId: string;
}

type Query = (db: Db, place: Place) => Promise<unknown>;

const members = ({ organizationId, groupId }: Place, change: Partial<MemberFilter> = {}): MemberFilter => ({
  organizationId,
  groupId,
  username: undefined,
  search: undefined,
  ...change,
});
const entries = ({ organizationId: trail }: Place, change: Partial<EntryFilter> = {}): EntryFilter => ({
  trail,
  eventType: undefined,
  actorType: undefined,
  fromMs: undefined,
  toMs: undefined,
  ...change,
});
const now = { nowMs: someTime };

const pages: Readonly<Record<string, Query>> = {
  'the users of a group': async (db, at) => listMembers(db, members(at), page),
  'a later page of them': async (db, at) => listMembers(db, members(at), laterPage),
  'a member by user name': async (db, { organizationId }) =>
    findMemberNamed(db, organizationId, 'member-7@acme.example'),
  groups: async (db, { organizationId }) => listStoredGroups(db, { organizationId }, page),
  'machine identities': async (db, { organizationId }) => listIdentityRows(db, { organizationId }, page),
  'machine identities that a search finds': async (db, { organizationId }) =>
    listIdentityRows(db, { organizationId, search: '77' }, page),
  'groups that a search finds': async (db, { organizationId }) =>
    listStoredGroups(db, { organizationId, search: 'a' }, page),
  ...Object.fromEntries(
    [undefined, ...invitationStatuses].map((status): [string, Query] => [
      `invitations, ${status ?? 'all'}`,
      async (db, at) => listInvitationRows(db, { organizationId: at.organizationId, status, ...now }, laterPage),
    ]),
  ),
  'permissions to relink': async (db, at) =>
    listOpenRelinks(db, { organizationId: at.organizationId, ...now }, laterPage),
  ...auditPages(),
};

/** A count reads all the rows that it counts, so only the organization matters. */
const counts: Readonly<Record<string, Query>> = {
  'how many machine identities': async (db, { organizationId }) => countIdentities(db, { organizationId }),
  'how many invitations are open': async (db, { organizationId }) =>
    countInvitations(db, { organizationId, status: 'invited', ...now }),
  'how many identities of an issuer': async (db, { organizationId }) =>
    countIdentitiesOf(db, organizationId, 'https://idp.example'),
  'how many permissions to relink': async (db, at) =>
    countOpenRelinks(db, { organizationId: at.organizationId, ...now }),
  'how many users a search finds': async (db, at) =>
    countMembers(db, members(at, { search: '99', username: 'member' })),
};

/** Every combination of the filters of audit logs. */
function auditPages(): Record<string, Query> {
  const filters: Record<string, Partial<EntryFilter>> = {
    event: { eventType: 'group-create' },
    'rare event': { eventType: 'sso-settings' },
    actor: { actorType: 'user' },
    'rare actor': { actorType: 'server' },
    from: { fromMs: someTime - 1000 },
    to: { toMs: someTime + 50_000 },
  };
  const choices = [
    ['', 'event', 'rare event'],
    ['', 'actor', 'rare actor'],
    ['', 'from'],
    ['', 'to'],
  ];
  const combinations = choices.reduce<string[][]>(
    (so, more) => so.flatMap((names) => more.map((name) => (name === '' ? names : [...names, name]))),
    [[]],
  );
  return Object.fromEntries(
    combinations.map((names): [string, Query] => {
      const change: Partial<EntryFilter> = Object.assign({}, ...names.map((name) => filters[name]));
      const name = names.length === 0 ? 'audit logs' : `audit logs by ${names.join(', ')}`;
      return [name, async (db, at) => listEntries(db, entries(at, change), laterPage)];
    }),
  );
}

describe.each(engines)('query plans with a hundred thousand rows of everything (%s)', (engine) => {
  let test: TestDatabase;
  const large = organizationRow();
  const small = organizationRow();
  const groups = { large: randomUUID(), small: randomUUID() };
  const placeOf = (size: 'large' | 'small'): Place => ({
    organizationId: asId<OrganizationId>({ large, small }[size].id),
    groupId: groups[size],
  });

  beforeAll(async () => {
    test = await createTestDatabase(engine);
    await test.database.transaction(
      async (tx) => void (await tx.insertInto('organizations').values([large, small]).execute()),
    );
    for (let first = 0; first < rowsCount; first += batchSize) await fill(large.id, groups.large, first, batchSize);
    await fill(small.id, groups.small, rowsCount, 50);
    if (engine === 'postgres') await test.database.transaction(async (tx) => void (await sql`analyze`.execute(tx)));
  });
  afterAll(async () => test.destroy());

  async function fill(organizationId: string, groupId: string, first: number, count: number): Promise<void> {
    const numbers = numbersFrom(engine, first, count);
    const id = numberedIds(engine);
    const text = sql`cast(n as text)`;
    const start = sql`cast(${someTime} as bigint)`;
    const soon = sql`${start} + 1000`;
    await test.database.transaction(async (tx) => {
      await addMembers(tx, engine, { organizationId, first, count, id });
      const group = {
        id: groupId,
        organization_id: organizationId,
        name: groupId,
        slug: groupId,
        role: 'member',
      } as const;
      await tx
        .insertInto('groups')
        .values({ ...group, created_at: 0, updated_at: 0 })
        .onConflict((on) => on.doNothing())
        .execute();
      await sql`insert into group_memberships
        select ${groupId}, ${id}, ${organizationId}, 'idp', ${start} from ${numbers} where n % 10 = 5`.execute(tx);
      await sql`insert into user_identities (id, organization_id, user_id, issuer, subject, identity_key, created_at,
          last_login_at, relink_until_at, relink_granter_kind, relink_granter_id)
        select ${id}, ${organizationId}, ${id}, 'https://idp.example', ${id}, ${id}, 0, 0, ${soon}, 'user', ${id}
        from ${numbers}`.execute(tx);
      await sql`insert into machine_identities (id, organization_id, name, role, is_instance_admin, created_at, updated_at)
        select ${id}, ${organizationId}, 'machine-' || n, 'member', 0, 0, 0 from ${numbers}`.execute(tx);
      await sql`insert into invitations (id, organization_id, email, email_key, role, group_ids, status, token_hash,
          inviter_kind, inviter_id, inviter_name, created_at, updated_at, expires_at)
        select ${id}, ${organizationId}, ${text}, ${text}, 'member', '[]',
          case n % 4 when 0 then 'accepted' when 1 then 'revoked' when 2 then 'expired' else 'invited' end, ${id},
          'user', ${id}, '', ${start} - n, 0, case when n % 100 = 3 then ${start} + n else ${start} - n end
        from ${numbers}`.execute(tx);
      await sql`insert into audit_events
        select ${organizationId}, n + 1, ${id}, ${start} + n, case when n % 50000 = 7 then 'server' else 'user' end, '{}',
          case when n % 2 = 0 then 'group-create' when n % 9999 = 1 then 'sso-settings' else 'group-update' end, '{}', '', '', ''
        from ${numbers}`.execute(tx);
    });
  }

  // How either engine describes a read of a whole large table, with the rows of all organizations. PostgreSQL may read
  // a small
  // table completely.
  const large100k = 'memberships|users|group_memberships|user_identities|machine_identities|invitations|audit_events';
  const wholeTable = new RegExp(`Seq Scan on (?:${large100k})|^SCAN (?:${large100k})`, 'u');

  it.each(Object.keys({ ...pages, ...counts }))('a small organization pays only for its own rows: %s', async (name) => {
    const ask = pages[name] ?? counts[name];
    const plans = await plansOf(test, engine, async (db) => ask?.(db, placeOf('small')));
    expect(plans.length).toBeGreaterThan(0);
    expect(plans.flat().filter((line) => wholeTable.test(line))).toEqual([]);
  });

  it.each(Object.keys(pages))('a large organization reads through an index: %s', async (name) => {
    const plans = await plansOf(test, engine, async (db) => pages[name]?.(db, placeOf('large')));
    expect(plans.flat().filter((line) => wholeTable.test(line))).toEqual([]);
  });

  // The number of open invitations is limited, so they may be sorted. Only PostgreSQL says how many rows it sorts.
  const sorted = Object.keys(pages).filter((name) => engine === 'postgres' || name !== 'invitations, invited');

  it.each(sorted)('no query sorts more than a page: %s', async (name) => {
    const plans = await plansOf(test, engine, async (db) => pages[name]?.(db, placeOf('large')));
    const sorts = plans.flatMap((plan) => (engine === 'sqlite' ? sortsOfSqlite(plan) : sortsOfPostgres(plan)));
    expect(sorts).toEqual([]);
  });

  // SQLite does not say how many rows it sorts. A query that sorts a page has fetched its rows by the ids from another
  // statement,
  // or by the position from one.
  function sortsOfSqlite(plan: readonly string[]): string[] {
    const sorts = plan.filter((line) => line.includes('TEMP B-TREE'));
    const isOfPage = plan.some((line) => /^LIST SUBQUERY|^(?:SCAN|SEARCH) (?:page|either)/u.test(line));
    const inner = sorts.length - (isOfPage ? innermostLevels(plan) : 0);
    return inner > 0 ? [...plan] : [];
  }

  // The page itself, and the two parts of the expired invitations.
  function innermostLevels(plan: readonly string[]): number {
    return plan.some((line) => line.startsWith('LIST SUBQUERY')) && plan.some((line) => line === 'SCAN either') ? 2 : 1;
  }

  function sortsOfPostgres(plan: readonly string[]): string[] {
    const rowsOf = (line: string) => Number(/rows=(\d+)/u.exec(line)?.[1]);
    return plan.filter((line) => /\bSort {2}\(/u.test(line) && rowsOf(line) > 2 * (laterPage.offset + laterPage.limit));
  }

  it('every page has the right rows', async () => {
    const { db } = test.database;
    const { organizationId, groupId } = placeOf('large');
    const filter = members({ organizationId, groupId });
    expect(await countMembers(db, filter)).toBe(rowsCount);
    expect(await countMembers(db, { ...filter, search: 'MEMBER-77777@' })).toBe(1);
    expect(await countMembers(db, { ...filter, username: 'member-7777', search: 'member-77777' })).toBe(1);
    const last = await listMembers(db, filter, { offset: rowsCount - 1, limit: 10 });
    expect(last).toMatchObject([{ email: 'member-9@acme.example', joinedAtMs: undefined }]);
    const [first] = await listMembers(db, { ...filter, search: 'member-15@' }, page);
    expect(first).toMatchObject({ email: 'member-15@acme.example', joinedAtMs: someTime });
    expect(await findMemberNamed(db, organizationId, 'member-15@acme.example')).toMatchObject({ id: first?.id });
    expect(await findMemberNamed(db, placeOf('small').organizationId, 'member-5@acme.example')).toBeUndefined();
    const found = new Map<string, number>();
    for (const status of invitationStatuses) {
      const wanted = { organizationId, status, ...now };
      found.set(status, await countInvitations(db, wanted));
      const rows = await listInvitationRows(db, wanted, { offset: 3, limit: 5 });
      const all = await listInvitationRows(db, wanted, { offset: 0, limit: 8 });
      expect(rows.map(({ id }) => id)).toEqual(all.slice(3).map(({ id }) => id));
      const ages = all.map(({ created_at: at }) => at);
      expect(ages).toEqual(ages.toSorted((one, other) => other - one));
    }
    expect(Object.fromEntries(found)).toEqual({ invited: 1000, accepted: 25_000, revoked: 25_000, expired: 49_000 });
    expect(await countInvitations(db, { organizationId, status: undefined, ...now })).toBe(rowsCount);
  });
});
