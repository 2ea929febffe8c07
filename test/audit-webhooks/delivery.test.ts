import { createHash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { createAuditWebhook } from '../../src/audit-webhooks/create-audit-webhook.ts';
import { deleteAuditWebhook } from '../../src/audit-webhooks/delete-audit-webhook.ts';
import { messageBytesMax } from '../../src/audit-webhooks/limits.ts';
import { updateAuditWebhook } from '../../src/audit-webhooks/update-audit-webhook.ts';
import { exportAudit } from '../../src/audit/export-audit.ts';
import { pruneAudit } from '../../src/audit/prune-audit.ts';
import { engines } from '../support/databases.ts';
import { isSignedWith, sequencesOf } from '../support/webhook-receiver.ts';
import { useWebhookScene } from '../support/webhook-scene.ts';

const namesOf = (count: number) => Array.from({ length: count }, (_, index) => `group ${index}`);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe.each(engines)('the delivery of an audit trail (%s)', (engine) => {
  const scene = useWebhookScene(engine);

  it('starts with the entry of its own creation and sends each entry once, in order, signed and chained', async () => {
    const tenant = await scene.addTenant();
    await scene.append(tenant, ...namesOf(119));
    await scene.deliver();
    const { received } = tenant.receiver;
    expect(received.map(({ message }) => message.data.entries.length)).toEqual([50, 50, 20]);
    expect(sequencesOf(received)).toEqual(upTo(120));
    expect(received[0]?.message.data.entries[0].event.type).toBe('audit-webhook-create');
    expect(received.every((each) => isSignedWith(tenant.secret, each))).toBe(true);
    expect(new Set(received.map(({ id }) => id)).size).toBe(3);
    const { lines } = await exportAudit(scene.database.db, { organizationId: tenant.id, after: 0, limit: 1000 });
    expect(received.flatMap(({ message }) => message.data.entries.map((one: unknown) => JSON.stringify(one)))).toEqual(
      lines,
    );
    for (const line of lines) {
      const [, content, hash] = /^(.*),"hash":"([0-9a-f]{64})"\}$/u.exec(line) ?? [];
      expect(createHash('sha256').update(`${content}}`).digest('hex')).toBe(hash);
    }
    await scene.deliver();
    expect(received).toHaveLength(3);
    expect(await scene.statusOf(tenant)).toMatchObject({ status: 'active', pendingCount: 0, deliveredSequence: 120 });
  });

  it('continues where an export ended', async () => {
    const other = await scene.addTenant();
    await scene.append(other, ...namesOf(9));
    await deleteAuditWebhook(scene.deps, other.call);
    const body = { url: other.receiver.url, after: 4 };
    await createAuditWebhook(scene.deps, { ...other.call, body });
    await scene.deliver();
    expect(sequencesOf(other.receiver.received)).toEqual([5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('sends only the selected events and skips the others', async () => {
    const tenant = await scene.addTenant({ eventTypes: ['audit-webhook-update'] });
    await scene.append(tenant, ...namesOf(450));
    const body = { eventTypes: ['audit-webhook-update', 'group-delete'] };
    await updateAuditWebhook(scene.deps, { ...tenant.call, body });
    await scene.deliver();
    expect(sequencesOf(tenant.receiver.received)).toEqual([452]);
    expect(await scene.statusOf(tenant)).toMatchObject({ pendingCount: 0, deliveredSequence: 452 });
  });

  it('keeps a message below its size limit, however large the entries are', async () => {
    const tenant = await scene.addTenant();
    await scene.appendLargest(tenant, 99);
    await scene.deliver();
    const { received } = tenant.receiver;
    for (const { message } of received) {
      expect(message.data.entries.length).toBeLessThan(50);
      expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThanOrEqual(messageBytesMax + 1000);
    }
    expect(sequencesOf(received)).toEqual(upTo(100));
  });

  it('reports entries that were pruned before delivery, and continues after them', async () => {
    const tenant = await scene.addTenant();
    await scene.append(tenant, ...namesOf(7));
    tenant.receiver.answer(() => ({ status: 503 }));
    await scene.deliver();
    scene.clock.advanceSeconds(60);
    const lastHash = (await readLast(tenant.id)).hash;
    const prune = { database: scene.database, append: scene.directory.audit, keys: scene.directory.keys };
    const until = { beforeMs: scene.clock.nowMs(), organizationId: tenant.id };
    for await (const report of pruneAudit(prune, until)) expect(report).toMatchObject({ removed: 8 });
    expect(await scene.statusOf(tenant)).toMatchObject({ missedCount: 8, pendingCount: 1, status: 'failing' });
    tenant.receiver.answer(() => ({ status: 200 }));
    await scene.deliver();
    const [first, gap, rest] = tenant.receiver.received;
    expect(gap?.message).toEqual({
      type: 'audit.gap',
      data: { organizationId: tenant.id, firstSequence: 1, lastSequence: 8, lastHash },
    });
    expect(gap?.id).not.toBe(first?.id);
    expect(rest?.message.data.entries).toMatchObject([
      { sequence: 9, previousHash: lastHash, event: { type: 'audit-prune' } },
    ]);
    expect(await scene.statusOf(tenant)).toMatchObject({ missedCount: 8, pendingCount: 0, status: 'active' });
  });

  const readLast = async (trail: string) =>
    scene.database.db
      .selectFrom('audit_events')
      .selectAll()
      .where('organization_id', '=', trail)
      .orderBy('sequence', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow();
});
