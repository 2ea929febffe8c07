import { randomBytes, randomUUID } from 'node:crypto';

import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { SealBrokenError, type SealingKey } from '../../src/kernel/sealed-box.ts';
import { systemRandom } from '../../src/kernel/random.ts';
import { sealedColumns } from '../../src/keys/sealed-columns.ts';
import { advanceDataKeys, countAllSealedBy } from '../../src/storage/keys/advance-data-keys.ts';
import { listDataKeys, listDataKeySeals } from '../../src/storage/keys/data-key-queries.ts';
import { dataKeyKeptSeconds, dataKeyLeadSeconds, resealBatchMax } from '../../src/storage/keys/limits.ts';
import { type LiveKeyring, openKeyring } from '../../src/storage/keys/keyring.ts';
import { resealAll } from '../../src/storage/keys/reseal.ts';
import { rotateDataKey } from '../../src/storage/keys/rotate-data-key.ts';
import { forgetOtherRootKeys } from '../../src/storage/keys/rotate-root-key.ts';
import type { SealedColumn } from '../../src/storage/keys/sealed-column-queries.ts';
import { StorageStartError } from '../../src/storage/start-error.ts';
import { createTestDatabase, engines, type TestDatabase } from '../support/databases.ts';
import { createStillClock, type StillClock } from '../support/still-clock.ts';

const newRootKey = (): SealingKey => ({ id: randomBytes(4).toString('hex'), bytes: randomBytes(32) });

// Rows of a table with any text, as sealed columns of every size.
const column: SealedColumn = {
  table: 'server_state',
  key: 'key',
  column: 'value',
  needs: [],
  purposeOf: ({ key = '' }) => `test:${key}`,
};

describe.each(engines)('the root key and the data keys (%s)', (engine) => {
  let test: TestDatabase;
  let clock: StillClock;
  const [first, second, third] = [newRootKey(), newRootKey(), newRootKey()];

  beforeEach(async () => {
    test = await createTestDatabase(engine);
    clock = createStillClock();
  });
  afterEach(() => test.destroy());

  const node = (rootKey: SealingKey, ...otherRootKeys: SealingKey[]) =>
    openKeyring({ database: test.database, rootKey, otherRootKeys, clock, random: systemRandom });
  const rotate = (rootKey: SealingKey, ...otherRootKeys: SealingKey[]) =>
    test.database.transaction((tx) => rotateDataKey({ rootKey, otherRootKeys, clock, random: systemRandom }, tx));
  const forgetOthers = (rootKey: SealingKey) => test.database.transaction((tx) => forgetOtherRootKeys(tx, rootKey.id));
  const rootKeysInUse = async () =>
    [...new Set((await listDataKeySeals(test.database.db)).map((row) => row.root_key_id))].toSorted();

  async function putSealed(keyring: LiveKeyring, count: number): Promise<void> {
    const rows = Array.from({ length: count }, () => {
      const key = randomUUID();
      return { key, value: keyring.seal(`secret of ${key}`, `test:${key}`) };
    });
    await test.database.transaction((tx) => tx.insertInto('server_state').values(rows).execute());
  }
  async function expectAllOpen(keyring: LiveKeyring, count: number): Promise<void> {
    const rows = await test.database.db
      .selectFrom('server_state')
      .selectAll()
      .where('key', 'like', '%-%-%-%')
      .execute();
    expect(rows).toHaveLength(count);
    for (const { key, value } of rows) expect(keyring.open(value, `test:${key}`)).toBe(`secret of ${key}`);
  }
  const openEachOther = (one: LiveKeyring, other: LiveKeyring) =>
    expect([one.open(other.seal('a', 'p'), 'p'), other.open(one.seal('b', 'p'), 'p')]).toEqual(['a', 'b']);

  it('decrypt only with the key that encrypted', async () => {
    const keyring = await node(first);
    expect(keyring.open(keyring.seal('text', 'purpose'), 'purpose')).toBe('text');
    await expect(node(second)).rejects.toThrow(StorageStartError);
    expect(await rootKeysInUse()).toEqual([first.id]);
  });

  it('are created once by nodes that start together', async () => {
    const nodes = await Promise.all([node(first), node(first), node(first)]);
    expect(new Set(nodes.map((keyring) => keyring.currentKeyId())).size).toBe(1);
  });

  it('change from one root key to the next while every node can always decrypt', async () => {
    const old = await node(first);
    // Both keys everywhere, then the new key first: a node that restarts at any point can start and open everything.
    const changed = await node(second, first);
    openEachOther(old, changed);
    openEachOther(await node(first), changed);
    openEachOther(await node(first, second), await node(second, first));
    expect(await rootKeysInUse()).toEqual([first.id, second.id].toSorted());
    // Every node has restarted: the old key is no longer needed.
    expect(await forgetOthers(second)).toBe(1);
    openEachOther(await node(second), changed);
    await expect(node(first)).rejects.toThrow(StorageStartError);
    // A key that is still configured does not come back.
    await node(second, first);
    expect(await rootKeysInUse()).toEqual([second.id]);
  });

  it('cannot lose the last root key that decrypts them', async () => {
    await node(first);
    await expect(forgetOthers(third)).rejects.toMatchObject({ code: 'key_rotation_not_ready' });
    await expect(node(first)).resolves.toBeDefined();
  });

  it('H277: do not decrypt if a value was replaced by one of another key', async () => {
    await node(first);
    await rotate(first);
    const [one, other] = await listDataKeySeals(test.database.db);
    await test.database.transaction((tx) =>
      tx
        .updateTable('data_key_seals')
        .set({ sealed_key: other?.sealed_key ?? '' })
        .where('data_key_id', '=', one?.data_key_id ?? '')
        .execute(),
    );
    await expect(node(first)).rejects.toThrow(StorageStartError);
  });

  it('are rotated without a node that meets an unknown key', async () => {
    const [one, other] = [await node(first), await node(first)];
    const before = one.currentKeyId();
    await rotate(first);
    await one.refresh();
    clock.advanceSeconds(dataKeyLeadSeconds - 1);
    expect(one.currentKeyId()).toBe(before);
    openEachOther(one, other);
    await other.refresh();
    clock.advanceSeconds(1);
    expect([one.currentKeyId() === before, one.currentKeyId() === other.currentKeyId()]).toEqual([false, true]);
    openEachOther(one, other);
  });

  it('are created once by two concurrent nodes, and only by a node that can share the key', async () => {
    await node(first);
    const made = await Promise.all([rotate(first), rotate(first)]);
    expect(made.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(made[0].id).toBe(made[1].id);
    clock.advanceSeconds(dataKeyLeadSeconds);
    await node(second, first);
    await expect(rotate(first)).rejects.toMatchObject({ code: 'key_rotation_not_ready' });
    const { id } = await rotate(second, first);
    const seals = (await listDataKeySeals(test.database.db)).filter((row) => row.data_key_id === id);
    expect(seals.map((row) => row.root_key_id).toSorted()).toEqual([first.id, second.id].toSorted());
  });

  it('are replaced for every encrypted value, and the old key is deleted when nothing needs it', async () => {
    const keyring = await node(first);
    const old = keyring.currentKeyId();
    const count = resealBatchMax + 3;
    await putSealed(keyring, count);
    const sealedInACookie = keyring.seal('attempt', 'cookie');
    await rotate(first);
    clock.advanceSeconds(dataKeyLeadSeconds);
    const deps = { database: test.database, keyring, clock, columns: [column] };
    const progress: number[] = [];
    await advanceDataKeys(deps, ({ resealed }) => progress.push(resealed));
    expect(progress).toEqual([resealBatchMax, count]);
    expect(await countAllSealedBy(test.database.db, [column], old)).toBe(0);
    await expectAllOpen(keyring, count);

    clock.advanceSeconds(dataKeyKeptSeconds - 1);
    await advanceDataKeys(deps);
    expect(keyring.open(sealedInACookie, 'cookie')).toBe('attempt');
    clock.advanceSeconds(1);
    await advanceDataKeys(deps);
    await keyring.refresh();
    expect((await listDataKeys(test.database.db)).map(({ id }) => id)).toEqual([keyring.currentKeyId()]);
    expect(() => keyring.open(sealedInACookie, 'cookie')).toThrow(SealBrokenError);
    await expectAllOpen(keyring, count);
  });

  it('continue after an interrupted pass, beside another node, and never undo a change', async () => {
    const keyring = await node(first);
    const other = await node(first);
    const count = 2 * resealBatchMax;
    await putSealed(keyring, count);
    await rotate(first);
    await Promise.all([keyring.refresh(), other.refresh()]);
    clock.advanceSeconds(dataKeyLeadSeconds);
    // The state after a node was killed between two batches: some values are resealed, the rest are not.
    const cutOff = new Error('killed');
    const stop = () => {
      throw cutOff;
    };
    const deps = { database: test.database, keyring, columns: [column] };
    await expect(resealAll(deps, stop)).rejects.toBe(cutOff);
    const changedKey = (
      await test.database.db.selectFrom('server_state').select('key').orderBy('key', 'desc').execute()
    )
      .map(({ key }) => key)
      .find((key) => key.length === 36);
    const passes = [resealAll(deps), resealAll({ ...deps, keyring: other })];
    const changed = keyring.seal('changed in the meantime', `test:${changedKey}`);
    const change = test.database.transaction((tx) =>
      tx
        .updateTable('server_state')
        .set({ value: changed })
        .where('key', '=', changedKey ?? '')
        .execute(),
    );
    const totals = await Promise.all(passes);
    await change;
    expect(totals.reduce((sum, { resealed }) => sum + resealed, 0)).toBeLessThanOrEqual(count - resealBatchMax);
    const row = await test.database.db
      .selectFrom('server_state')
      .select('value')
      .where('key', '=', changedKey ?? '')
      .executeTakeFirstOrThrow();
    expect(keyring.open(row.value, `test:${changedKey}`)).toBe('changed in the meantime');
  });

  it('are kept while an altered value exists, which stays unchanged', async () => {
    const keyring = await node(first);
    await putSealed(keyring, 3);
    const altered = `${keyring.currentKeyId()}.altered`;
    await test.database.transaction((tx) =>
      tx.insertInto('server_state').values({ key: 'a', value: altered }).execute(),
    );
    await rotate(first);
    clock.advanceSeconds(dataKeyLeadSeconds);
    const deps = { database: test.database, keyring, clock, columns: [column] };
    await keyring.refresh();
    // The other text that does not open is the marker of the first data key, in the same table.
    expect(await resealAll(deps)).toEqual({ resealed: 3, unreadable: 2 });
    for (let round = 0; round < 2; round += 1) {
      await advanceDataKeys(deps);
      clock.advanceSeconds(dataKeyKeptSeconds);
    }
    expect(await listDataKeys(test.database.db)).toHaveLength(2);
  });

  it('cover every encrypted column of the database', async () => {
    const tables = await test.database.db.introspection.getTables();
    const found = tables.flatMap(({ name, columns }) =>
      columns.filter((each) => each.name.startsWith('sealed_')).map((each) => `${name}.${each.name}`),
    );
    const known = sealedColumns.map((each) => `${each.table}.${each.column}`);
    // Root keys seal only the data keys.
    expect(found.toSorted()).toEqual([...known, 'data_key_seals.sealed_key'].toSorted());
    for (const each of sealedColumns) {
      const needed = sql.join([each.key, each.column, ...each.needs].map((name) => sql.ref(name)));
      await expect(
        sql`select ${needed} from ${sql.table(each.table)}`.execute(test.database.db),
      ).resolves.toBeDefined();
    }
  });
});
