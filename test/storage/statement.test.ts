import { randomUUID } from 'node:crypto';

import type { Insertable } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Db, Tx } from '../../src/storage/database.ts';
import type { Schema } from '../../src/storage/schema/schema.ts';
import { type Params, statement } from '../../src/storage/statement.ts';
import { violatedConstraint } from '../../src/storage/constraint.ts';
import { createTestDatabase, engines, type TestDatabase } from '../support/databases.ts';
import { rejection } from './rows.ts';

type Attempt = Insertable<Schema['login_attempts']>;

let built = 0;
const insert = statement((tx: Tx, row: Params<Attempt>) => {
  built += 1;
  return tx
    .insertInto('login_attempts')
    .values(row)
    .onConflict((on) => on.doNothing());
});
const insertAll = statement((tx: Tx, { rows }: Params<{ rows: readonly Attempt[] }>) =>
  tx.insertInto('login_attempts').values(rows),
);
const sessionsOf = statement((tx: Tx, { userId }: Params<{ userId: string }>) =>
  tx.selectFrom('sessions').selectAll().where('user_id', '=', userId),
);
const find = statement((db: Db | Tx, { id, outcome }: Params<{ id: string; outcome: Attempt['outcome'] }>) =>
  db.selectFrom('login_attempts').selectAll().where('id', '=', id).where('outcome', '=', outcome),
);

const attempt = (id: string): Attempt => ({
  id,
  organization_id: null,
  outcome: 'started',
  code: null,
  user_id: null,
  details: `{"id":"${id}"}`,
  created_at: 1,
  finished_at: null,
});

it('a builder cannot look at the values of its statement', () => {
  const choose = (tx: Tx, { id, createdAt }: Params<{ id: string; createdAt: number }>) => {
    // @ts-expect-error A placeholder is not a value: it equals none.
    const isEmpty = id === '';
    // @ts-expect-error Nor can it be calculated with.
    const later = createdAt + 1;
    // @ts-expect-error Nor does a column of another type accept it.
    const mixed = tx.selectFrom('login_attempts').where('created_at', '=', id);
    // oxlint-disable-next-line typescript/no-unnecessary-condition -- what the linter reports: it is always true
    const isGiven = id ? 'given' : 'not given';
    return [isEmpty, later, mixed, isGiven];
  };
  expect(choose).toBeTypeOf('function');
});

describe.each(engines)('a compiled statement on %s', (engine) => {
  let test: TestDatabase;

  beforeEach(async () => {
    test = await createTestDatabase(engine);
  });
  afterEach(() => test.destroy());

  it('is built once and takes the values of each call, including null', async () => {
    const { database } = test;
    const [a, b] = [randomUUID(), randomUUID()];
    await database.transaction(async (tx) => insert.run(tx, attempt(a)));
    const builtBefore = built;
    const added = await database.transaction(async (tx) => [
      await insert.run(tx, { ...attempt(b), code: `'; drop table login_attempts; --` }),
      await insert.run(tx, attempt(b)),
    ]);
    expect(added).toEqual([1, 0]);
    expect(built).toBe(builtBefore);
    expect(await find.first(database.db, { id: a, outcome: 'started' })).toEqual(attempt(a));
    expect(await find.all(database.db, { id: b, outcome: 'started' })).toEqual([
      { ...attempt(b), code: `'; drop table login_attempts; --` },
    ]);
    expect(await find.first(database.db, { id: a, outcome: 'refused' })).toBeUndefined();
  });

  it('takes values by name, in any order', async () => {
    const { database } = test;
    const id = randomUUID();
    const { details, ...rest } = attempt(id);
    await database.transaction(async (tx) => insert.run(tx, { details, ...rest }));
    expect(await find.first(database.db, { outcome: 'started', id })).toEqual(attempt(id));
  });

  it('takes lists of rows of any length', async () => {
    const { database } = test;
    const rows = [1, 2, 3].map(() => attempt(randomUUID()));
    const add = async (some: readonly Attempt[]) =>
      database.transaction(async (tx) => insertAll.run(tx, { rows: some }));
    expect(await add(rows.slice(0, 1))).toBe(1);
    expect(await add(rows.slice(1))).toBe(2);
    const written = rows.map(async ({ id }) => find.first(database.db, { id, outcome: 'started' }));
    expect(await Promise.all(written)).toEqual(rows);
  });

  it('that is not awaited has run before the next statement', async () => {
    const { database } = test;
    const id = randomUUID();
    const seen = await database.transaction(async (tx) => {
      await insert.send(tx, attempt(id));
      return find.first(tx, { id, outcome: 'started' });
    });
    expect(seen).toEqual(attempt(id));
  });

  it('runs in the order of the calls within a transaction', async () => {
    const { database } = test;
    const [a, b] = [randomUUID(), randomUUID()];
    const seen = await database.transaction((tx) =>
      Promise.all([
        find.first(tx, { id: a, outcome: 'started' }),
        insert.run(tx, attempt(a)),
        find.first(tx, { id: a, outcome: 'started' }),
        insert.send(tx, attempt(b)),
        insert.run(tx, attempt(a)),
        find.all(tx, { id: b, outcome: 'started' }),
      ]),
    );
    expect(seen).toEqual([undefined, 1, attempt(a), undefined, 0, [attempt(b)]]);
  });

  it('that fails aborts its transaction even if the function continues', async () => {
    const { database } = test;
    const [a, b] = [randomUUID(), randomUUID()];
    let outcomes: string[] = [];
    const careless = database.transaction(async (tx) => {
      const settled = await Promise.allSettled([
        insert.run(tx, attempt(a)),
        insert.run(tx, { ...attempt(b), organization_id: 'nobody' }),
        insert.run(tx, attempt(b)),
      ]);
      outcomes = settled.map(({ status }) => status);
    });
    await expect(careless).rejects.toThrow(Error);
    expect(outcomes.slice(1)).toEqual(['rejected', 'rejected']);
    for (const id of [a, b]) expect(await find.first(database.db, { id, outcome: 'started' })).toBeUndefined();
  });

  it('is rejected after its transaction ended, however it ended', async () => {
    const { database } = test;
    const ended: Tx[] = [];
    await database.transaction(async (tx) => ended.push(tx));
    const failing = database.transaction(async (tx) => {
      ended.push(tx);
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    const id = randomUUID();
    for (const tx of ended) await expect(insert.run(tx, attempt(id))).rejects.toThrow(Error);
    await database.transaction(async (tx) => {
      for (const old of ended) await expect(insert.run(old, attempt(id))).rejects.toThrow(Error);
      await find.all(tx, { id, outcome: 'started' });
    });
    expect(await find.all(database.db, { id, outcome: 'started' })).toEqual([]);
  });

  it.each(['the commit', 'a statement'])('that is not awaited aborts its transaction by %s after it', async (next) => {
    const { database } = test;
    const [twice, never] = [randomUUID(), randomUUID()];
    const tryIt = async () =>
      database.transaction(async (tx) => {
        await insertAll.send(tx, { rows: [attempt(never)] });
        await insertAll.send(tx, { rows: [attempt(twice), attempt(twice)] });
        if (next === 'a statement') await sessionsOf.all(tx, { userId: twice });
      });
    // Again, because the first attempt may have prepared statements.
    for (const _ of [1, 2, 3]) expect(violatedConstraint(await rejection(tryIt()))).toBe('unique');
    expect(await find.all(database.db, { id: never, outcome: 'started' })).toEqual([]);
    await database.transaction(async (tx) => {
      await insertAll.send(tx, { rows: [attempt(never), attempt(twice)] });
      expect(await sessionsOf.all(tx, { userId: twice })).toEqual([]);
    });
    expect(await find.first(database.db, { id: twice, outcome: 'started' })).toEqual(attempt(twice));
  });

  it('that is not awaited is dropped if its transaction does not continue', async () => {
    const { database } = test;
    const id = randomUUID();
    const failing = database.transaction(async (tx) => {
      await insert.send(tx, attempt(id));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await find.all(database.db, { id, outcome: 'started' })).toEqual([]);
  });

  it('rolls back with its transaction and writes nothing outside one', async () => {
    const { database } = test;
    const id = randomUUID();
    const failing = database.transaction(async (tx) => {
      await insert.run(tx, attempt(id));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await expect(insert.run(database.db as Tx, attempt(id))).rejects.toThrow('a write needs a transaction');
    expect(await find.all(database.db, { id, outcome: 'started' })).toEqual([]);
  });
});
