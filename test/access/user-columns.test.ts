import { sql } from 'kysely';
import { expect, it } from 'vitest';

import { userColumns } from '../../src/grants/user-columns.ts';
import type { Database } from '../../src/storage/database.ts';
import { createTestDatabase, engines } from '../support/databases.ts';

/** Every column of the real schema, as `table.column`, with the table that it references, if any. */
async function readColumns({ db, engine }: Database): Promise<{ column: string; refersTo: string | null }[]> {
  const query =
    engine === 'sqlite'
      ? sql<{ table_name: string; column_name: string; refers_to: string | null }>`
          select tables.name as table_name, columns.name as column_name, keys."table" as refers_to
          from sqlite_schema as tables
          inner join pragma_table_info(tables.name) as columns
          left join pragma_foreign_key_list(tables.name) as keys on keys."from" = columns.name
          where tables.type = 'table'`
      : sql<{ table_name: string; column_name: string; refers_to: string | null }>`
          select columns.table_name, columns.column_name, (
            select confrelid::regclass::text from pg_constraint
            where contype = 'f' and conrelid = format('%I', columns.table_name)::regclass
              and conkey = array[(
                select attnum from pg_attribute
                where attrelid = format('%I', columns.table_name)::regclass and attname = columns.column_name
              )]
            limit 1
          ) as refers_to
          from information_schema.columns where table_schema = 'public'`;
  const { rows } = await query.execute(db);
  return rows.map((row) => ({ column: `${row.table_name}.${row.column_name}`, refersTo: row.refers_to }));
}

// By name, because a column that outlives its user has no foreign key.
const userLike =
  /(?:^|_)(?:user|inviter|granter|giver|creator|author|owner|actor|sender|admin|person|account|member|by)_id$|_by$/u;

it.each(engines)(
  'src/grants/user-columns.ts has a decision for every column that names a user (%s)',
  async (engine) => {
    const test = await createTestDatabase(engine);
    const columns = await readColumns(test.database);
    await test.destroy();
    const named = columns.filter(
      ({ column, refersTo }) => refersTo === 'users' || userLike.test(column.slice(column.indexOf('.') + 1)),
    );
    const byName = (one: string, other: string) => one.localeCompare(other);
    expect(named.map(({ column }) => column).toSorted(byName)).toEqual(Object.keys(userColumns).toSorted(byName));
    expect(columns.filter(({ refersTo }) => refersTo === 'users').length).toBeGreaterThan(3);
  },
);
