import { randomUUID } from 'node:crypto';

import { CompiledQuery, type KyselyPlugin, type RawBuilder, sql } from 'kysely';

import type { Db, Engine, Tx } from '../../src/storage/database.ts';
import type { TestDatabase } from '../support/databases.ts';
import { someTime } from './rows.ts';

/**
 * The query plan of each statement of a function, one line per step. A statement inside another one comes before it.
 */
export async function plansOf(
  { database: { db } }: TestDatabase,
  engine: Engine,
  ask: (db: Db) => Promise<unknown>,
): Promise<string[][]> {
  const asked: CompiledQuery[] = [];
  const listen: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => {
      asked.push(db.getExecutor().compileQuery(node, queryId));
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  };
  await ask(db.withPlugin(listen));
  const plans: string[][] = [];
  for (const { sql: text, parameters } of asked) {
    const explain = engine === 'postgres' ? 'explain' : 'explain query plan';
    const plan = CompiledQuery.raw(`${explain} ${text}`, [...parameters]);
    const { rows } = await db.executeQuery<Record<string, unknown>>(plan);
    plans.push(rows.map((row) => String(row['QUERY PLAN'] ?? row['detail'])));
  }
  return plans;
}

/** The numbers of a range as a table `numbers` with a column `n`, to create rows in the database. */
export function numbersFrom(engine: Engine, first: number, count: number): RawBuilder<unknown> {
  const last = first + count - 1;
  return engine === 'postgres'
    ? sql`(select generate_series(${first}::int, ${last}::int) as n) as numbers`
    : sql`(with recursive numbers (n) as (
        select cast(${first} as integer) union all select n + 1 from numbers where n < ${last}
      ) select n from numbers) as numbers`;
}

/** An id for each number of such a table. */
export function numberedIds(engine: Engine, prefix = randomUUID().slice(0, 24)): RawBuilder<string> {
  return engine === 'postgres' ? sql`${prefix} || lpad(n::text, 12, '0')` : sql`${prefix} || printf('%012d', n)`;
}

/** Adds members called `member-<n>@acme.example`. Every thousandth is deactivated. */
export async function addMembers(
  tx: Tx,
  engine: Engine,
  {
    organizationId,
    first,
    count,
    id = numberedIds(engine),
  }: { organizationId: string; first: number; count: number; id?: RawBuilder<string> },
): Promise<void> {
  const numbers = numbersFrom(engine, first, count);
  const email = sql`'member-' || n || '@acme.example'`;
  await sql`
    insert into users
    select ${id}, ${email}, ${email}, ${email}, 'First', 'Last', 0, 0, null, ${someTime}, ${someTime} from ${numbers}
  `.execute(tx);
  await sql`
    insert into memberships
      (id, organization_id, user_id, role, status, email_key, is_active, source, created_at, updated_at)
    select ${id}, ${organizationId}, ${id}, 'member', 'accepted', ${email}, case when n % 1000 = 0 then 0 else 1 end,
      'sso', ${someTime}, ${someTime}
    from ${numbers}
  `.execute(tx);
}
