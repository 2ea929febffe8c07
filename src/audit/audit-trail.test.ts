import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createTrailTest, entryNamed } from '../../test/support/audit.ts';
import { engines } from '../../test/support/databases.ts';

describe.each(engines)('the audit trail (%s)', (engine) => {
  let test: Awaited<ReturnType<typeof createTrailTest>>;
  beforeAll(async () => {
    test = await createTrailTest(engine);
  });
  afterAll(() => test.destroy());

  it('numbers entries 1, 2, 3… in each organization, even if several transactions append at once', async () => {
    const trails = [test.newTrail(), test.newTrail(), test.newTrail()];
    await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const trail = trails[index % 3];
        await test.add(trail, `first ${index}`, `second ${index}`);
      }),
    );
    for (const trail of trails) {
      const rows = await test.rowsOf(trail ?? '');
      expect(rows.map((row) => row.sequence)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
      expect(await test.faultOf(trail ?? '')).toBeUndefined();
    }
  });

  it('does not deadlock if transactions append to two organizations in opposite orders', async () => {
    const [a, b] = [test.newTrail(), test.newTrail()];
    const both = async (first: typeof a, second: typeof b) =>
      test.database.transaction(async (tx) => {
        await test.append(tx, entryNamed(first, 'one'));
        await test.append(tx, entryNamed(second, 'two'));
      });
    await Promise.all(Array.from({ length: 20 }, async (_, index) => (index % 2 === 0 ? both(a, b) : both(b, a))));
    expect(await test.rowsOf(a)).toHaveLength(20);
    expect(await test.faultOf(b)).toBeUndefined();
  });

  it('keeps no entry of a failed transaction and leaves no gap', async () => {
    const trail = test.newTrail();
    await test.add(trail, 'kept');
    const failing = test.database.transaction(async (tx) => {
      await test.append(tx, entryNamed(trail, 'lost'));
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    await test.add(trail, 'kept too');
    expect((await test.rowsOf(trail)).map((row) => row.sequence)).toEqual([1, 2]);
    expect(await test.faultOf(trail)).toBeUndefined();
  });

  it('rejects an entry in a transaction of the plain database, which would lose it', async () => {
    const append = test.bare.transaction(async (tx) => {
      // @ts-expect-error Only the audited database makes an AuditedTx.
      await test.append(tx, entryNamed(undefined, 'lost'));
    });
    await expect(append).rejects.toThrow(TypeError);
  });

  it('rejects an entry after the end of its transaction', async () => {
    const ended = await test.database.transaction(async (tx) => ({ tx }));
    await expect(test.append(ended.tx, entryNamed(undefined, 'late'))).rejects.toThrow(TypeError);
  });

  const refused = [
    'update audit_events set user_agent = id',
    'delete from audit_events',
    'delete from audit_heads',
    'update audit_heads set sequence = sequence - 1',
    'update audit_heads set pruned_sequence = sequence + 1',
    ...(engine === 'postgres'
      ? ['truncate audit_events', 'truncate audit_heads']
      : ['insert or replace into audit_events select * from audit_events']),
  ];
  it.each(refused)('is append-only: the database rejects %s', async (statement) => {
    const trail = test.newTrail();
    await test.add(trail, 'a', 'b');
    await expect(test.bare.transaction(async (tx) => sql.raw(statement).execute(tx))).rejects.toThrow(
      /append-only|forward only/u,
    );
    expect(await test.faultOf(trail)).toBeUndefined();
  });

  it('H340: never seals a new head if the trail was removed but its organization still exists', async () => {
    const trail = test.newTrail();
    const times = { created_at: 0, updated_at: 0 };
    const settings = { auth_enforced: 0, bypass_org_auth_enabled: 0, default_membership_role: 'member' } as const;
    const row = { id: trail, name: 'Acme', slug: trail, user_token_expiration: '30d', ...settings, ...times };
    await test.bare.transaction((tx) => tx.insertInto('organizations').values(row).execute());
    await test.add(trail, 'the first after the removal');
    expect(await test.faultOf(trail)).toEqual({ sequence: 1, reason: 'head_altered' });
    await test.add(trail, 'and the next');
    expect(await test.faultOf(trail)).toEqual({ sequence: 2, reason: 'head_altered' });
  });
});
