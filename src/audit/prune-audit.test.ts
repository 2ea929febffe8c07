import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createTrailTest } from '../../test/support/audit.ts';
import { engines } from '../../test/support/databases.ts';
import { exportAudit } from './export-audit.ts';
import { pruneAudit, type PruneReport } from './prune-audit.ts';

describe.each(engines)('pruning the audit trail (%s)', (engine) => {
  let test: Awaited<ReturnType<typeof createTrailTest>>;
  beforeAll(async () => {
    test = await createTrailTest(engine);
  });
  afterAll(() => test.destroy());

  async function prune(beforeMs: number, organizationId?: string): Promise<PruneReport[]> {
    const reports: PruneReport[] = [];
    const scope = organizationId === undefined ? { beforeMs } : { beforeMs, organizationId };
    for await (const report of pruneAudit(test, scope)) reports.push(report);
    return reports;
  }

  async function oldAndNew() {
    const trail = test.newTrail();
    await test.add(trail, 'old', 'old too');
    test.clock.advanceSeconds(3600);
    const beforeMs = test.clock.nowMs();
    await test.add(trail, 'new');
    return { trail, beforeMs };
  }

  it('removes older entries, appends an entry about it, and the rest can be verified', async () => {
    const { trail, beforeMs } = await oldAndNew();
    expect(await prune(beforeMs, trail)).toEqual([{ organizationId: trail, outcome: 'pruned', removed: 2 }]);
    const rows = await test.rowsOf(trail);
    expect(rows.map((row) => [row.sequence, row.event_type])).toEqual([
      [3, 'group-create'],
      [4, 'audit-prune'],
    ]);
    expect(await test.verify(trail)).toEqual([{ organizationId: trail, entries: 2, prunedThrough: 2 }]);
    await test.add(trail, 'later');
    expect(await test.faultOf(trail)).toBeUndefined();
    const { lines, next } = await exportAudit(test.bare.db, { organizationId: trail, after: 0, limit: 10 });
    expect([lines.length, next]).toEqual([3, 5]);
  });

  it('removes more than one batch, and every entry if all are old', async () => {
    const trail = test.newTrail();
    await test.add(trail, ...Array.from({ length: 1200 }, (_, index) => String(index)));
    test.clock.advanceSeconds(1);
    expect(await prune(test.clock.nowMs(), trail)).toMatchObject([{ outcome: 'pruned', removed: 1200 }]);
    expect(await test.rowsOf(trail)).toHaveLength(1);
    expect(await test.faultOf(trail)).toBeUndefined();
  });

  it('changes nothing if no entry is old', async () => {
    const { trail } = await oldAndNew();
    expect(await prune(0, trail)).toEqual([{ organizationId: trail, outcome: 'nothing_old', removed: 0 }]);
    expect(await test.rowsOf(trail)).toHaveLength(3);
  });

  it('does not prune a trail with an altered head', async () => {
    const { trail, beforeMs } = await oldAndNew();
    await test.tamper((tx) =>
      tx.updateTable('audit_heads').set({ seal: '' }).where('organization_id', '=', trail).execute(),
    );
    expect(await prune(beforeMs, trail)).toMatchObject([{ outcome: 'head_altered', removed: 0 }]);
    expect(await test.rowsOf(trail)).toHaveLength(3);
  });

  it('does not hide that an attacker moved the checkpoint to delete entries', async () => {
    const { trail } = await oldAndNew();
    const [, second] = await test.rowsOf(trail);
    await test.bare.transaction(async (tx) => {
      const forged = { pruned_sequence: 2, pruned_hash: second?.hash ?? '' };
      await tx.updateTable('audit_heads').set(forged).where('organization_id', '=', trail).execute();
      await tx.deleteFrom('audit_events').where('organization_id', '=', trail).where('sequence', '<=', 2).execute();
    });
    expect(await test.faultOf(trail)).toEqual({ sequence: 3, reason: 'head_altered' });
  });

  it("prunes every trail, including the server's own", async () => {
    await test.add(undefined, 'of the server');
    const found = await prune(0);
    expect(found).toContainEqual({ organizationId: undefined, outcome: 'nothing_old', removed: 0 });
    expect(found.length).toBeGreaterThan(3);
  });
});
