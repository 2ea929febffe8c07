import { randomUUID } from 'node:crypto';

import { CompiledQuery, type KyselyPlugin, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  deleteRecords,
  findFirstBeyond,
  listRecordsOfOrganizations,
  type RecordsMeant,
} from '../../src/login-attempts/prune-queries.ts';
import { pruneRecords } from '../../src/login-attempts/prune-records.ts';
import { type AttemptFilter, countAttempts, listAttempts } from '../../src/login-attempts/queries.ts';
import { omittedDetails } from '../../src/login-attempts/stored-record.ts';
import { insertAttempt } from '../../src/login/queries.ts';
import type { Db, Tx } from '../../src/storage/database.ts';
import { createTestDatabase, engines, type TestDatabase } from '../support/databases.ts';
import { organizationRow } from '../storage/rows.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;
const nowMs = 1000 * dayMs;
const clock = { nowMs: () => nowMs };

describe.each(engines)('pruning of sign-in records (%s)', (engine) => {
  let test: TestDatabase;
  const [acme, globex] = [organizationRow(), organizationRow()];

  beforeAll(async () => {
    test = await createTestDatabase(engine);
    await test.database.transaction(async (tx) => {
      await tx.insertInto('organizations').values([acme, globex]).execute();
    });
  });
  afterAll(async () => test.destroy());

  const insert = async (tx: Tx, ageMs: number, change: object = {}) =>
    insertAttempt(tx, {
      id: randomUUID(),
      organization_id: acme.id,
      outcome: 'refused',
      code: 'idp_denied',
      user_id: null,
      details: '{}',
      created_at: nowMs - ageMs,
      finished_at: nowMs - ageMs,
      ...change,
    });
  const good = { outcome: 'succeeded', code: null, user_id: randomUUID() };
  const ages = async (organizationId: string | null, outcome: 'refused' | 'succeeded') => {
    const rows = await test.database.db
      .selectFrom('login_attempts')
      .select('created_at')
      .where('organization_id', organizationId === null ? 'is' : '=', organizationId)
      .where('outcome', '=', outcome)
      .orderBy('created_at', 'desc')
      .execute();
    return rows.map(({ created_at }) => (nowMs - created_at) / minuteMs);
  };

  it('refused sign-ins do not displace successful ones', async () => {
    await test.database.transaction(async (tx) => {
      for (let minute = 0; minute < 40; minute += 1) await insert(tx, minute * minuteMs);
      for (let minute = 100; minute < 107; minute += 1) await insert(tx, minute * minuteMs, good);
      for (let minute = 0; minute < 3; minute += 1) await insert(tx, minute * minuteMs, { organization_id: globex.id });
    });
    await pruneRecords({ database: test.database, clock }, { days: 30, keptMax: 5 });
    expect(await ages(acme.id, 'refused')).toEqual([0, 1, 2, 3, 4]);
    expect(await ages(acme.id, 'succeeded')).toEqual([100, 101, 102, 103, 104]);
    expect(await ages(globex.id, 'refused')).toEqual([0, 1, 2]);
  });

  it('records of the same time are deleted down to the limit', async () => {
    await test.database.transaction(async (tx) => {
      for (let count = 0; count < 9; count += 1) await insert(tx, 0, { organization_id: globex.id });
    });
    await pruneRecords({ database: test.database, clock }, { days: 30, keptMax: 4 });
    expect(await ages(globex.id, 'refused')).toEqual([0, 0, 0, 0]);
  });

  it('deletes records that are too old, and refusals that were only counted when their cookie expires', async () => {
    await test.database.transaction(async (tx) => {
      await tx.deleteFrom('login_attempts').execute();
      for (const ageMs of [7 * dayMs, 7 * dayMs + 1]) {
        await insert(tx, ageMs);
        await insert(tx, ageMs, good);
        await insert(tx, ageMs, { organization_id: null });
      }
      for (const minutes of [10, 20, 21]) {
        await insert(tx, minutes * minuteMs, { organization_id: null, details: omittedDetails });
      }
      await tx
        .insertInto('refused_login_attempt_counts')
        .values(
          [0, 59, 61, 7 * 24 * 60 + 1].flatMap((minutes) =>
            [0, 5].map((omitted) => ({
              organization_id: omitted === 0 ? acme.id : globex.id,
              minute_at: nowMs - minutes * minuteMs,
              recorded: 1,
              omitted,
            })),
          ),
        )
        .execute();
    });
    await pruneRecords({ database: test.database, clock }, { days: 7, keptMax: 100 });
    const week = 7 * 24 * 60;
    expect(await ages(acme.id, 'refused')).toEqual([week]);
    expect(await ages(acme.id, 'succeeded')).toEqual([week]);
    expect(await ages(null, 'refused')).toEqual([10, 20, week]);
    const counts = await test.database.db.selectFrom('refused_login_attempt_counts').selectAll().execute();
    const left = counts.map(({ omitted, minute_at }) => `${omitted} ${(nowMs - minute_at) / minuteMs}`).toSorted();
    expect(left).toEqual(['0 0', '0 59', '5 0', '5 59', '5 61']);
  });
});

const organizationsCount = 20;
const recordsCount = 100_000;
const batchSize = 10_000;

/** What is asked while people sign in, and what the housekeeping asks, of an organization with many records. */
const filter = (organizationId: string, change: Partial<AttemptFilter> = {}): AttemptFilter => ({
  organizationId,
  outcome: undefined,
  code: undefined,
  userId: undefined,
  fromMs: undefined,
  toMs: undefined,
  ...change,
});
const page = { offset: 2000, limit: 100 };
const of = (organizationId: string, kind: RecordsMeant['kind']) => ({ organizationId, kind });
const queries: Readonly<Record<string, (db: Db, id: string) => Promise<unknown>>> = {
  'a later page': async (db, id) => listAttempts(db, filter(id), page),
  'a page of refused ones': async (db, id) => listAttempts(db, filter(id, { outcome: 'refused' }), page),
  'a page of one code': async (db, id) => listAttempts(db, filter(id, { code: 'idp_error' }), page),
  "a page of one person's": async (db, id) => listAttempts(db, filter(id, { userId: 'person-1' }), page),
  'a page of a day': async (db, id) => listAttempts(db, filter(id, { fromMs: nowMs - dayMs, toMs: nowMs }), page),
  'how many were refused': async (db, id) => countAttempts(db, filter(id, { outcome: 'refused' })),
  'what each organization has': async (db) => listRecordsOfOrganizations(db, { afterId: '', limit: 20 }),
  'the first that is too many': async (db, id) => findFirstBeyond(db, of(id, 'refused'), 1000),
};

describe.each(engines)('with a hundred thousand records (%s)', (engine) => {
  let test: TestDatabase;
  const organizations = Array.from({ length: organizationsCount }, () => organizationRow());
  const [large, small] = [organizations[0] ?? organizationRow(), organizations[1] ?? organizationRow()];

  beforeAll(async () => {
    test = await createTestDatabase(engine);
    await test.database.transaction(async (tx) => {
      await tx.insertInto('organizations').values(organizations).execute();
    });
    for (let from = 0; from < recordsCount; from += batchSize) await addRecords(from, from + batchSize - 1);
    if (engine === 'postgres') await test.database.transaction(async (tx) => void (await sql`analyze`.execute(tx)));
  });
  afterAll(async () => test.destroy());

  async function addRecords(first: number, last: number): Promise<void> {
    const numbers =
      engine === 'postgres'
        ? sql`(select generate_series(${first}::int, ${last}::int) as n) as numbers`
        : sql`(with recursive numbers (n) as (
            select cast(${first} as integer) union all select n + 1 from numbers where n < ${last}
          ) select n from numbers) as numbers`;
    const owners = organizations.map(({ id }, index) => sql`when ${sql.lit(index)} then ${sql.lit(id)}`);
    const isRefused = sql`(n / ${sql.lit(organizationsCount)}) % 2 = 0`;
    await test.database.transaction(async (tx) => {
      await sql`
        insert into login_attempts (id, organization_id, outcome, code, user_id, details, created_at, finished_at)
        select 'record-' || n, case n % ${sql.lit(organizationsCount)} ${sql.join(owners, sql` `)} end,
          case when ${isRefused} then 'refused' else 'succeeded' end,
          case when ${isRefused} then 'idp_error' else null end,
          case when ${isRefused} then null else 'person-' || (n % 50) end,
          '{}', ${sql.lit(nowMs - recordsCount)} + n, ${sql.lit(nowMs)}
        from ${numbers}
      `.execute(tx);
    });
  }

  it.each(Object.entries(queries))('%s uses an index', async (_name, ask) => {
    const plans = await plansOf(test.database.db, (db) => ask(db, large.id));
    expect(plans.length).toBeGreaterThan(0);
    for (const plan of plans) expect(plan).not.toMatch(/Seq Scan on login_attempts|SCAN login_attempts(?! USING)/u);
  });

  it('a batch of deletions uses an index', async () => {
    const upTo = { created_at: nowMs, id: 'z' };
    const deleted = await test.database.transaction(async (tx) =>
      deleteRecords(tx, of(large.id, 'refused'), { upTo, limit: 500 }),
    );
    expect(deleted).toBe(500);
    const plans = await plansOf(test.database.db, (db) => findFirstBeyond(db, of(large.id, 'refused'), 1));
    expect(plans[0]).toMatch(/login_attempts_refused/u);
  });

  it('one clean-up round brings every organization to its limit', async () => {
    const countOf = async (id: string, outcome: 'refused' | 'succeeded') =>
      countAttempts(test.database.db, filter(id, { outcome }));
    // No other request runs, so the pace does not wait.
    const pacing = { rowsAtOnce: 500, pace: async <Result>(step: () => Promise<Result>) => step() };
    await pruneRecords({ database: test.database, clock, pacing }, { days: 30, keptMax: 1000 });
    for (const { id } of [large, small]) {
      expect([await countOf(id, 'refused'), await countOf(id, 'succeeded')]).toEqual([1000, 1000]);
    }
  });

  /** How the engine would carry out what a function asks. */
  async function plansOf(db: Db, ask: (db: Db) => Promise<unknown>): Promise<string[]> {
    const asked: CompiledQuery[] = [];
    const plugin: KyselyPlugin = {
      transformQuery: ({ node, queryId }) => {
        asked.push(db.getExecutor().compileQuery(node, queryId));
        return node;
      },
      transformResult: async ({ result }) => result,
    };
    await ask(db.withPlugin(plugin));
    const keyword = engine === 'postgres' ? 'explain' : 'explain query plan';
    const explained = await Promise.all(
      asked.map((query) => db.executeQuery(CompiledQuery.raw(`${keyword} ${query.sql}`, [...query.parameters]))),
    );
    return explained.map(({ rows }) => JSON.stringify(rows));
  }
});
