import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { type Commits, createCommits } from './sqlite-commits.ts';
import { openWriter, type SqliteConnection } from './sqlite-connection.ts';

const nextRound = () => new Promise((resolve) => setImmediate(resolve));

describe('transactions that share a commit', () => {
  let connection: SqliteConnection;
  let commits: Commits;
  /** How many transactions each commit contained. */
  let shared: number[];
  /** The error of the next statement with this text. */
  let faults: Map<string, Error>;

  beforeEach(() => {
    connection = openWriter(':memory:');
    connection.run('create table notes (text text unique, large blob) strict', []);
    shared = [];
    faults = new Map();
    commits = createCommits({
      connection: {
        ...connection,
        get inTransaction() {
          return connection.inTransaction;
        },
        run: (sql, parameters) => {
          const fault = faults.get(sql);
          faults.delete(sql);
          if (fault !== undefined) throw fault;
          return connection.run(sql, parameters);
        },
      },
      sync: { committed: () => undefined, fail: () => undefined },
      areShared: true,
      onCommit: (transactions) => shared.push(transactions),
    });
  });
  afterEach(() => connection.close());

  const note = (text: string) => commits.run('insert into notes (text) values (?)', [text]);
  const notes = () => connection.run<{ text: string }>('select text from notes order by text', []).rows;
  const sqliteError = (errcode: number) => Object.assign(new Error('from SQLite'), { errcode });

  /** Begins a transaction, writes a note and keeps it; resolves with the outcome of its commit. */
  async function keep(text: string): Promise<{ ended: Promise<string> }> {
    await commits.begin();
    note(text);
    const ended = commits.ofOpenTransaction().then(
      () => 'committed',
      (error: { code: string }) => error.code,
    );
    commits.end({ hasWritten: true });
    return { ended };
  }

  it('are committed together at the end of a turn of the event loop', async () => {
    const [a, b] = [await keep('a'), await keep('b')];
    expect(shared).toEqual([]);
    expect(connection.inTransaction).toBe(true);
    expect(await Promise.all([a.ended, b.ended])).toEqual(['committed', 'committed']);
    expect(connection.inTransaction).toBe(false);
    const later = await keep('later');
    expect(await later.ended).toBe('committed');
    expect(shared).toEqual([2, 1]);
  });

  it('can be rolled back one by one, the first as well as later ones', async () => {
    await commits.begin();
    note('first');
    commits.rollBack();
    const a = await keep('a');
    await commits.begin();
    note('between');
    commits.rollBack();
    const b = await keep('b');
    expect(await Promise.all([a.ended, b.ended])).toEqual(['committed', 'committed']);
    expect(notes()).toEqual([{ text: 'a' }, { text: 'b' }]);
  });

  it('are not affected if a statement of a later one fails', async () => {
    const a = await keep('a');
    await commits.begin();
    note('lost');
    expect(() => note('a')).toThrow('UNIQUE');
    commits.rollBack();
    expect(await a.ended).toBe('committed');
    expect(notes()).toEqual([{ text: 'a' }]);
  });

  it('wait for one that outlasts the turn, and are committed before the next begins', async () => {
    const a = await keep('a');
    await commits.begin();
    note('long');
    for (let round = 0; round < 5; round += 1) await nextRound();
    expect(shared).toEqual([]);
    commits.end({ hasWritten: true });
    expect(shared).toEqual([2]);
    expect(await a.ended).toBe('committed');
  });

  it('are committed at once before a checkpoint', async () => {
    const a = await keep('a');
    commits.settle();
    expect(connection.inTransaction).toBe(false);
    expect(await a.ended).toBe('committed');
    commits.settle();
    expect(shared).toEqual([1]);
  });

  it('are committed before a statement outside of them', async () => {
    const a = await keep('a');
    commits.run('pragma user_version = 7', []);
    expect(shared).toEqual([1]);
    expect(await a.ended).toBe('committed');
  });

  it('all fail if their commit fails, and leave nothing', async () => {
    faults.set('commit', sqliteError(13));
    const [a, b] = [await keep('a'), await keep('b')];
    expect(await Promise.all([a.ended, b.ended])).toEqual(['storage_unavailable', 'storage_unavailable']);
    expect(connection.inTransaction).toBe(false);
    expect(notes()).toEqual([]);
    const later = await keep('later');
    expect(await later.ended).toBe('committed');
    expect(notes()).toEqual([{ text: 'later' }]);
  });

  it('all fail if SQLite rolls all of them back, as it does when the disk is full', async () => {
    const a = await keep('a');
    await commits.begin();
    connection.run('pragma max_page_count = 20', []);
    expect(() => commits.run('insert into notes (large) values (zeroblob(400000))', [])).toThrow(
      expect.objectContaining({ code: 'storage_unavailable' }),
    );
    expect(connection.inTransaction).toBe(false);
    expect(() => commits.end({ hasWritten: true })).toThrow('no transaction to keep');
    commits.rollBack();
    expect(await a.ended).toBe('storage_unavailable');
    expect(notes()).toEqual([]);
    connection.run('pragma max_page_count = 1000', []);
    expect(await (await keep('later')).ended).toBe('committed');
  });

  it('all fail if one cannot be rolled back', async () => {
    const a = await keep('a');
    await commits.begin();
    note('b');
    faults.set('rollback to one', sqliteError(10));
    commits.rollBack();
    expect(await a.ended).toBe('storage_unavailable');
    expect(notes()).toEqual([]);
    expect(await (await keep('later')).ended).toBe('committed');
  });
});

it('do not share a commit if sharing is off', async () => {
  const connection = openWriter(':memory:');
  const shared: number[] = [];
  const sync = { committed: () => undefined, fail: () => undefined };
  const onCommit = (transactions: number) => shared.push(transactions);
  const commits = createCommits({ connection, sync, areShared: false, onCommit });
  for (let n = 0; n < 2; n += 1) {
    await commits.begin();
    commits.end({ hasWritten: false });
    expect(connection.inTransaction).toBe(false);
  }
  expect(shared).toEqual([1, 1]);
  connection.close();
});
