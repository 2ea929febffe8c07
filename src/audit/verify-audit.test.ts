import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createTrailTest } from '../../test/support/audit.ts';
import { engines } from '../../test/support/databases.ts';
import { hashOf } from './chain.ts';

describe.each(engines)('the verification of the audit trail (%s)', (engine) => {
  let test: Awaited<ReturnType<typeof createTrailTest>>;
  beforeAll(async () => {
    test = await createTrailTest(engine);
  });
  afterAll(() => test.destroy());

  async function trailOfSix() {
    const trail = test.newTrail();
    await test.add(trail, 'a', 'b', 'c');
    await test.add(trail, 'd');
    await test.add(trail, 'e', 'f');
    return trail;
  }
  const change = (trail: string, sequence: number, values: Record<string, unknown>) =>
    test.tamper((tx) =>
      tx
        .updateTable('audit_events')
        .set(values)
        .where('organization_id', '=', trail)
        .where('sequence', '=', sequence)
        .execute(),
    );

  it('finds no fault in what the server wrote', async () => {
    const trail = await trailOfSix();
    await test.add(undefined, 'of the server');
    expect(await test.verify(trail)).toEqual([{ organizationId: trail, entries: 6, prunedThrough: 0 }]);
    expect(await test.verify('server')).toMatchObject([{ organizationId: undefined, entries: 1 }]);
  });

  it.each([
    ['id', 'another'],
    ['created_at', 1],
    ['created_at', Number.MAX_SAFE_INTEGER],
    ['actor_type', 'user'],
    ['actor_metadata', '{"userId":"x"}'],
    ['actor_metadata', 'no JSON'],
    ['event_type', 'group-delete'],
    ['event_metadata', '{}'],
    ['ip_address', '192.0.2.8'],
    ['user_agent', ''],
    ['hash', 'f'.repeat(64)],
    ['hash', '"'],
  ])('finds an altered %s (%s)', async (column, value) => {
    const trail = await trailOfSix();
    await change(trail, 3, { [column]: value });
    expect(await test.faultOf(trail)).toEqual({ sequence: 3, reason: 'altered' });
  });

  it('finds bytes that were moved from one column to the next', async () => {
    const trail = await trailOfSix();
    const row = (await test.rowsOf(trail))[2];
    const moved = `{}},"event":{"type":"group-create","metadata":${row?.event_metadata ?? ''}`;
    await change(trail, 3, { actor_metadata: moved, event_type: 'x' });
    expect(await test.faultOf(trail)).toEqual({ sequence: 3, reason: 'altered' });
  });

  it('H278: finds an altered entry with a recomputed hash, and a recomputed chain', async () => {
    const trail = await trailOfSix();
    const rows = await test.rowsOf(trail);
    let previousHash = rows[1]?.hash ?? '';
    for (const [index, row] of rows.entries()) {
      if (index < 2) continue;
      const forged = { ...row, user_agent: 'forged' };
      const hash = hashOf(forged, previousHash);
      await change(trail, row.sequence, { user_agent: 'forged', hash });
      previousHash = hash;
      const isLast = index === rows.length - 1;
      const fault = isLast ? { sequence: 6, reason: 'head_altered' } : { sequence: index + 2, reason: 'altered' };
      expect(await test.faultOf(trail)).toEqual(fault);
    }
    await test.tamper((tx) =>
      tx.updateTable('audit_heads').set({ hash: previousHash }).where('organization_id', '=', trail).execute(),
    );
    expect(await test.faultOf(trail)).toEqual({ sequence: 6, reason: 'head_altered' });
    // Later entries of the server do not make it valid.
    await test.add(trail, 'g');
    expect(await test.faultOf(trail)).toEqual({ sequence: 7, reason: 'head_altered' });
  });

  it.each([
    [1, 'missing'],
    [3, 'missing'],
    [6, 'tail_cut'],
  ])('finds that entry %i was deleted', async (sequence, reason) => {
    const trail = await trailOfSix();
    await test.tamper((tx) =>
      tx.deleteFrom('audit_events').where('organization_id', '=', trail).where('sequence', '=', sequence).execute(),
    );
    expect(await test.faultOf(trail)).toEqual({ sequence, reason });
  });

  it('H278: finds removed last entries, even if an older head was restored', async () => {
    const trail = await trailOfSix();
    const rows = await test.rowsOf(trail);
    await test.tamper(async (tx) => {
      await tx.deleteFrom('audit_events').where('organization_id', '=', trail).where('sequence', '>', 4).execute();
    });
    expect(await test.faultOf(trail)).toEqual({ sequence: 5, reason: 'tail_cut' });
    await test.tamper((tx) =>
      tx
        .updateTable('audit_heads')
        .set({ sequence: 4, hash: rows[3]?.hash ?? '' })
        .where('organization_id', '=', trail)
        .execute(),
    );
    expect(await test.faultOf(trail)).toEqual({ sequence: 4, reason: 'head_altered' });
  });

  it('finds two swapped entries', async () => {
    const trail = await trailOfSix();
    const at = (sequence: number) => sql`organization_id = ${trail} and sequence = ${sequence}`;
    await test.tamper(async (tx) => {
      await sql`update audit_events set sequence = 99 where ${at(2)}`.execute(tx);
      await sql`update audit_events set sequence = 2 where ${at(5)}`.execute(tx);
      await sql`update audit_events set sequence = 5 where ${at(99)}`.execute(tx);
    });
    expect(await test.faultOf(trail)).toEqual({ sequence: 2, reason: 'reordered' });
  });

  it('finds an inserted entry, in the middle and after the end', async () => {
    const trail = await trailOfSix();
    const [, second] = await test.rowsOf(trail);
    if (second === undefined) throw new Error('the trail is empty');
    const shifted = sql`update audit_events set sequence = sequence + 1000 where organization_id = ${trail} and sequence > 2`;
    await test.tamper(async (tx) => {
      await shifted.execute(tx);
      await sql`update audit_events set sequence = sequence - 999 where organization_id = ${trail} and sequence > 1000`.execute(
        tx,
      );
      await tx
        .insertInto('audit_events')
        .values({ ...second, sequence: 3 })
        .execute();
    });
    expect(await test.faultOf(trail)).toEqual({ sequence: 3, reason: 'reordered' });
    const other = await trailOfSix();
    const last = (await test.rowsOf(other)).at(-1);
    if (last === undefined) throw new Error('the trail is empty');
    await test.tamper((tx) =>
      tx
        .insertInto('audit_events')
        .values({ ...last, sequence: 7 })
        .execute(),
    );
    expect(await test.faultOf(other)).toEqual({ sequence: 7, reason: 'added' });
  });

  it('H278: finds that all entries, the head, or the organization too were deleted', async () => {
    const trail = await trailOfSix();
    await test.tamper((tx) => tx.deleteFrom('audit_events').where('organization_id', '=', trail).execute());
    expect(await test.faultOf(trail)).toEqual({ sequence: 1, reason: 'tail_cut' });
    await test.tamper((tx) => tx.deleteFrom('audit_heads').where('organization_id', '=', trail).execute());
    expect(await test.faultOf(trail)).toEqual({ sequence: 1, reason: 'head_missing' });
  });

  it('finds an entry that was moved to another organization, in both trails', async () => {
    const from = await trailOfSix();
    const to = await trailOfSix();
    await test.tamper(async (tx) => {
      await sql`delete from audit_events where organization_id = ${to} and sequence = 3`.execute(tx);
      await sql`update audit_events set organization_id = ${to} where organization_id = ${from} and sequence = 3`.execute(
        tx,
      );
    });
    expect(await test.faultOf(from)).toEqual({ sequence: 3, reason: 'missing' });
    expect(await test.faultOf(to)).toEqual({ sequence: 3, reason: 'altered' });
  });

  it('finds that the pruned part in the head was changed', async () => {
    const trail = await trailOfSix();
    const [, second] = await test.rowsOf(trail);
    const pruned = { pruned_sequence: 2, pruned_hash: second?.hash ?? '' };
    for (const forged of [pruned, { seal: '' }]) {
      await test.tamper((tx) =>
        tx.updateTable('audit_heads').set(forged).where('organization_id', '=', trail).execute(),
      );
      expect(await test.faultOf(trail)).toEqual({ sequence: 6, reason: 'head_altered' });
    }
  });

  it('finds any change of any entry (property)', async () => {
    const columns = ['id', 'actor_type', 'event_type', 'ip_address', 'user_agent', 'hash'] as const;
    const edit = fc.record({
      at: fc.nat(9),
      column: fc.constantFrom(...columns),
      text: fc.string({ unit: 'grapheme-ascii' }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 12 }), { minLength: 1, maxLength: 10 }),
        edit,
        async (names, { at, column, text }) => {
          const trail = test.newTrail();
          await test.add(trail, ...names);
          expect(await test.faultOf(trail)).toBeUndefined();
          const row = (await test.rowsOf(trail))[at % names.length];
          fc.pre(row !== undefined && row[column] !== text);
          await change(trail, (at % names.length) + 1, { [column]: text });
          expect((await test.faultOf(trail))?.sequence).toBe((at % names.length) + 1);
        },
      ),
      { numRuns: 40 },
    );
  });
});
