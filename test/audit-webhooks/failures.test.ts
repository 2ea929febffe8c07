import { expect, it } from 'vitest';

import { deliveriesAtOnceMax } from '../../src/audit-webhooks/limits.ts';
import { testAuditWebhook } from '../../src/audit-webhooks/test-audit-webhook.ts';
import { createTestTurns } from '../../src/http/test-turns.ts';
import { updateAuditWebhook } from '../../src/audit-webhooks/update-audit-webhook.ts';
import { describeEnginesAtOnce } from '../support/describe-engines.ts';
import { isSignedWith, type ReceiverReply, sequencesOf, startWebhookReceiver } from '../support/webhook-receiver.ts';
import { type WebhookScene, useWebhookScene } from '../support/webhook-scene.ts';

const day = 86_400;

describeEnginesAtOnce('a receiver that does not take what it is sent', (engine) => {
  const scene = useWebhookScene(engine);

  /** Sets the time to when the next attempt is due. */
  async function waitForAttempt(tenant: Awaited<ReturnType<WebhookScene['addTenant']>>): Promise<number> {
    const { nextAttemptAt } = await scene.statusOf(tenant);
    const pauseMs = Date.parse(nextAttemptAt ?? '') - scene.clock.nowMs();
    scene.clock.advanceSeconds(pauseMs / 1000);
    return pauseMs;
  }

  it('gets the same message under the same id, later each time, and then the next ones', async () => {
    const tenant = await scene.addTenant();
    const { received } = tenant.receiver;
    let isDown = true;
    tenant.receiver.answer(() => ({ status: isDown ? 503 : 200 }));
    await scene.deliver();
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 12; attempt += 1) {
      await scene.append(tenant, `while it is down ${attempt}`);
      await scene.deliver();
      expect(received).toHaveLength(attempt);
      expect(await scene.statusOf(tenant)).toMatchObject({
        status: 'failing',
        lastError: 'status_5xx',
        attempts: attempt,
        lastDeliveredAt: null,
        deliveredSequence: 0,
      });
      pauses.push(await waitForAttempt(tenant));
      await scene.deliver();
    }
    for (const [index, pauseMs] of pauses.entries()) {
      const longest = Math.min(3_600_000, 5_000 * 2 ** index);
      expect(pauseMs).toBeGreaterThan(longest / 2 - 1);
      expect(pauseMs).toBeLessThanOrEqual(longest);
    }
    isDown = false;
    await waitForAttempt(tenant);
    await scene.deliver();
    expect(new Set(received.slice(0, 14).map(({ id, body }) => id + body)).size).toBe(1);
    expect(new Set(received.slice(0, 14).map(({ timestampSeconds }) => timestampSeconds)).size).toBe(14);
    expect(received.every((each) => isSignedWith(tenant.secret, each))).toBe(true);
    expect(sequencesOf(received.slice(13))).toEqual(Array.from({ length: 13 }, (_, index) => index + 1));
    expect(await scene.statusOf(tenant)).toMatchObject({ status: 'active', lastError: null, attempts: 0 });
  });

  const elsewhere = { location: 'http://127.0.0.1:1/elsewhere' };
  it.each<[string, ReceiverReply]>([
    ['redirected', { status: 307, headers: elsewhere }],
    ['status_4xx', { status: 404, body: 'not here' }],
    ['answer_invalid', { status: 200, body: 'x'.repeat(70_000) }],
    ['answer_invalid', { status: 200, headers: { 'content-encoding': 'gzip' } }],
  ])('counts as %s', async (lastError, reply) => {
    const tenant = await scene.addTenant();
    tenant.receiver.answer(() => reply);
    await scene.deliver();
    expect(await scene.statusOf(tenant)).toMatchObject({ lastError, status: 'failing', deliveredSequence: 0 });
    expect(await testAuditWebhook(scene.deps, tenant.call, createTestTurns(scene.clock))).toEqual({
      outcome: lastError,
    });
  });

  it('that redirects is not followed', async () => {
    const [tenant, target] = [await scene.addTenant(), await startWebhookReceiver()];
    tenant.receiver.answer(() => ({ status: 308, headers: { location: target.url } }));
    await scene.deliver();
    expect([tenant.receiver.received.length, target.received.length]).toEqual([1, 0]);
    await target.close();
  });

  it('gives the same result as an address that the policy refuses', async () => {
    const [closed, refused] = [await scene.addTenant(), await scene.addTenant()];
    await closed.receiver.close();
    await scene.deliver(scene.newDeliveries(scene.node('127.0.0.2/32')));
    const [one, other] = [await scene.statusOf(closed), await scene.statusOf(refused)];
    expect([one.lastError, other.lastError]).toEqual(['unreachable', 'unreachable']);
    expect(refused.receiver.received).toEqual([]);
    const tests = await Promise.all([
      testAuditWebhook(scene.deps, closed.call, createTestTurns(scene.clock)),
      testAuditWebhook(scene.node(''), refused.call, createTestTurns(scene.clock)),
    ]);
    expect(tests).toEqual([{ outcome: 'unreachable' }, { outcome: 'unreachable' }]);
    expect(refused.receiver.received).toEqual([]);
  });

  it('gets nothing more after it answers 410, until an admin resumes it', async () => {
    const tenant = await scene.addTenant();
    tenant.receiver.answer(() => ({ status: 410 }));
    await scene.deliver();
    expect(await scene.statusOf(tenant)).toMatchObject({ status: 'paused', pauseReason: 'gone', isActive: false });
    expect((await scene.directory.auditedTypes(tenant.id)).at(-1)).toBe('audit-webhook-pause');
    scene.clock.advanceSeconds(30 * day);
    await scene.deliver();
    expect(tenant.receiver.received).toHaveLength(1);
    tenant.receiver.answer(() => ({ status: 204 }));
    await updateAuditWebhook(scene.deps, { ...tenant.call, body: { isActive: true } });
    await scene.deliver();
    expect(sequencesOf(tenant.receiver.received.slice(1))).toEqual([1, 2, 3]);
    expect(tenant.receiver.received[1]?.id).toBe(tenant.receiver.received[0]?.id);
  });

  it('is paused after five days of failures, with an audit entry, and loses nothing', async () => {
    const tenant = await scene.addTenant();
    tenant.receiver.answer(() => ({ status: 500 }));
    await scene.deliver();
    scene.clock.advanceSeconds(5 * day - 1);
    await scene.deliver();
    expect((await scene.statusOf(tenant)).status).toBe('failing');
    scene.clock.advanceSeconds(3_600);
    await scene.deliver();
    expect(await scene.statusOf(tenant)).toMatchObject({ status: 'paused', pauseReason: 'failing', pendingCount: 2 });
    const events = await scene.directory.auditedTypes(tenant.id);
    expect(events).toEqual(['audit-webhook-create', 'audit-webhook-pause']);
    tenant.receiver.answer(() => ({ status: 200 }));
    await updateAuditWebhook(scene.deps, { ...tenant.call, body: { isActive: true } });
    await scene.deliver();
    expect(await scene.statusOf(tenant)).toMatchObject({ status: 'active', pendingCount: 0, deliveredSequence: 3 });
  });

  it('is dropped with its pending message if the URL changes while it hangs', async () => {
    const [tenant, next] = [await scene.addTenant(), await startWebhookReceiver()];
    const answered = Promise.withResolvers<ReceiverReply>();
    tenant.receiver.answer(async () => answered.promise);
    await scene.deliveries.round();
    await tenant.receiver.count(1);
    await updateAuditWebhook(scene.deps, { ...tenant.call, body: { url: next.url } });
    await scene.deliver(scene.newDeliveries());
    answered.resolve({ status: 500 });
    await scene.deliveries.idle();
    expect(sequencesOf(next.received)).toEqual([1, 2]);
    expect(await scene.statusOf(tenant)).toMatchObject({ status: 'active', deliveredSequence: 2 });
    await next.close();
  });

  it('that hangs delays no other receiver, even if more hang than there are slots', async () => {
    const hanging = await Promise.all(
      Array.from({ length: deliveriesAtOnceMax + 5 }, async () => {
        const tenant = await scene.addTenant();
        tenant.receiver.answer(() => ({ status: 500 }));
        return tenant;
      }),
    );
    for (const _ of ['most', 'the rest']) await scene.deliver();
    for (const { receiver } of hanging) receiver.answer(() => 'silence');
    scene.clock.advanceSeconds(60);
    const deliveries = scene.newDeliveries();
    await deliveries.round();
    await deliveries.round();
    const well = await scene.addTenant();
    await deliveries.round();
    await well.receiver.count(1);
    expect(sequencesOf(well.receiver.received)).toEqual([1]);
    await Promise.all(hanging.map(async ({ receiver }) => receiver.close()));
    await deliveries.stop();
  });

  it('H328: that was slow before delays no other receiver, even if more are slow than there are slots', async () => {
    const slow = await Promise.all(
      Array.from({ length: deliveriesAtOnceMax + 5 }, async () => {
        const tenant = await scene.addTenant();
        tenant.receiver.answer(() => {
          scene.clock.advanceSeconds(3);
          return { status: 200 };
        });
        return tenant;
      }),
    );
    const deliveries = scene.newDeliveries();
    for (const _ of ['some', 'more', 'the rest']) await scene.deliver(deliveries);
    for (const tenant of slow) {
      tenant.receiver.answer(() => 'silence');
      await scene.append(tenant, 'once more');
    }
    await deliveries.round();
    await deliveries.round();
    const well = await scene.addTenant();
    await deliveries.round();
    await well.receiver.count(1);
    expect(sequencesOf(well.receiver.received)).toEqual([1]);
    await Promise.all(slow.map(async ({ receiver }) => receiver.close()));
    await deliveries.stop();
  });
});
