import { randomUUID } from 'node:crypto';

import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { tidyUp } from '../../src/login/housekeeping.ts';
import type { Database } from '../../src/storage/database.ts';
import { numbersFrom } from '../storage/plans.ts';
import { organizationRow } from '../storage/rows.ts';
import { createTestDatabase, engines, type TestDatabase } from '../support/databases.ts';
import { watchStatements } from '../support/statements.ts';

const dayMs = 86_400_000;
const nowMs = 1000 * dayMs;
const rowsAtOnceMax = { sqlite: 100, postgres: 500 } as const;

describe.each(engines)('a large clean-up (%s)', (engine) => {
  let test: TestDatabase;

  let watched: ReturnType<typeof watchStatements>;

  beforeEach(async () => {
    test = await createTestDatabase(engine);
    watched = watchStatements(test.database);
  });
  afterEach(() => test.destroy());

  const fill = async (
    count: number,
    statementOf: (numbers: ReturnType<typeof numbersFrom>) => ReturnType<typeof sql>,
  ) => test.database.transaction(async (tx) => void (await statementOf(numbersFrom(engine, 0, count)).execute(tx)));

  /** Tidies up; returns how many rows each transaction deleted, and in which round of the event loop each step was. */
  async function tidy(limits = { days: 30, keptMax: 1000 }) {
    const deleted: number[] = [];
    const rounds: number[] = [];
    let round = 0;
    let isOver = false;
    const countRounds = (): void => {
      round += 1;
      if (!isOver) setImmediate(countRounds);
    };
    countRounds();
    const sentBefore = watched.sent.length;
    const database: Database = {
      ...watched.database,
      transaction: async (fn, options) => {
        const before = await countRows();
        rounds.push(round);
        const result = await watched.database.transaction(fn, options);
        deleted.push(before - (await countRows()));
        return result;
      },
    };
    await tidyUp({ database, clock: { nowMs: () => nowMs } }, limits);
    isOver = true;
    const sent = watched.sent.slice(sentBefore).filter(({ sql: text }) => !text.startsWith('select count(*) as n'));
    return { deleted: deleted.filter((count) => count > 0), rounds, sent };
  }

  async function countRows(): Promise<number> {
    const tables = [
      'sessions',
      'password_attempt_counts',
      'known_networks',
      'login_attempts',
      'refused_login_attempt_counts',
    ];
    let total = 0;
    for (const table of tables) {
      const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(
        test.database.db,
      );
      total += Number(rows[0]?.n);
    }
    return total;
  }

  it('deletes a few rows at a time and lets other transactions run in between', async () => {
    const organization = organizationRow();
    await test.database.transaction(async (tx) => {
      await tx.insertInto('organizations').values(organization).execute();
    });
    await fill(450, (numbers) => sql`insert into password_attempt_counts select 'key-' || n, 1, n from ${numbers}`);
    await fill(250, (numbers) => sql`insert into known_networks select 'key-' || n, n from ${numbers}`);
    await fill(
      350,
      (numbers) => sql`
        insert into login_attempts (id, organization_id, outcome, code, user_id, details, created_at, finished_at)
        select 'record-' || n, ${organization.id}, 'refused', 'idp_denied', null, '{}', n, n from ${numbers}`,
    );
    await fill(
      250,
      (numbers) => sql`insert into refused_login_attempt_counts select ${organization.id}, n, 1, 0 from ${numbers}`,
    );
    const { deleted, rounds } = await tidy();
    expect(Math.max(...deleted)).toBeLessThanOrEqual(rowsAtOnceMax[engine]);
    expect(deleted.reduce((sum, count) => sum + count, 0)).toBe(1300);
    for (const [index, round] of rounds.entries()) expect(round).toBeGreaterThan(rounds[index - 1] ?? 0);
    expect(await countRows()).toBe(0);
  });

  it('reads only organizations that have records', async () => {
    const busy = organizationRow();
    const idle = Array.from({ length: 300 }, () => organizationRow());
    await test.database.transaction(async (tx) => {
      await tx
        .insertInto('organizations')
        .values([busy, ...idle])
        .execute();
    });
    const looksWithout = (await tidy()).sent.length;
    await fill(
      20,
      (numbers) => sql`
        insert into login_attempts (id, organization_id, outcome, code, user_id, details, created_at, finished_at)
        select 'record-' || n, ${busy.id}, 'refused', 'idp_denied', null, '{}', ${sql.lit(nowMs)} + n, ${sql.lit(nowMs)}
        from ${numbers}`,
    );
    // One look for the one organization, as for none.
    expect((await tidy()).sent.length).toBe(looksWithout);
    expect(looksWithout).toBeLessThan(20);
  });

  it('keeps the newest records even if there are more than one statement counts', async () => {
    const organizations = [organizationRow(), organizationRow()];
    await test.database.transaction(async (tx) => {
      await tx.insertInto('organizations').values(organizations).execute();
    });
    const prefix = randomUUID();
    for (const { id } of organizations) {
      await fill(
        5_250,
        (numbers) => sql`
          insert into login_attempts (id, organization_id, outcome, code, user_id, details, created_at, finished_at)
          select ${prefix + id} || n, ${id}, 'refused', 'idp_denied', null, '{}', ${sql.lit(nowMs)} + n, ${sql.lit(nowMs)}
          from ${numbers}`,
      );
    }
    await tidy({ days: 30, keptMax: 5_100 });
    const kept = await test.database.db
      .selectFrom('login_attempts')
      .select((row) => ['organization_id', row.fn.countAll().as('count'), row.fn.min('created_at').as('first')])
      .groupBy('organization_id')
      .execute();
    expect(kept.map(({ count, first }) => [Number(count), Number(first)])).toEqual([
      [5_100, nowMs + 150],
      [5_100, nowMs + 150],
    ]);
  });
});
