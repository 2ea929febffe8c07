import { describe, expect, it } from 'vitest';

import { leaseMs } from '../../src/audit-webhooks/limits.ts';
import { engines } from '../support/databases.ts';
import { type ReceiverReply, sequencesOf } from '../support/webhook-receiver.ts';
import { useWebhookScene } from '../support/webhook-scene.ts';

describe.each(engines)('several nodes that deliver (%s)', (engine) => {
  const scene = useWebhookScene(engine);

  const addNode = async () => scene.newDeliveries(await scene.nodeBeside());

  it('send each entry once and in order, and never two messages of one organization at once', async () => {
    const nodes = [scene.newDeliveries(), await addNode(), await addNode()];
    const tenants = [await scene.addTenant(), await scene.addTenant()];
    for (let index = 0; index < 12; index += 1) {
      await Promise.all([
        ...nodes.map(async (node) => node.round()),
        ...tenants.map(async (tenant) => scene.append(tenant, ...Array.from({ length: 30 }, () => `group ${index}`))),
      ]);
    }
    await Promise.all(nodes.map(async (node) => node.idle()));
    await scene.deliver(nodes[1]);
    for (const { receiver } of tenants) {
      expect(sequencesOf(receiver.received)).toEqual(Array.from({ length: 361 }, (_, index) => index + 1));
      expect(receiver.atOnceMax()).toBe(1);
    }
  });

  it('take over from a node that stalls, under the same id, and only the latest claim counts', async () => {
    const tenant = await scene.addTenant();
    const late = Promise.withResolvers<ReceiverReply>();
    tenant.receiver.answer(async () => late.promise);
    const still = scene.newDeliveries();
    await still.round();
    await tenant.receiver.count(1);
    const other = await addNode();
    scene.clock.advanceSeconds(leaseMs / 1000 - 1);
    await scene.append(tenant, 'meanwhile');
    await scene.deliver(other);
    expect(tenant.receiver.received).toHaveLength(1);
    tenant.receiver.answer(() => ({ status: 500 }));
    scene.clock.advanceSeconds(1);
    await scene.deliver(other);
    const [first, second] = tenant.receiver.received;
    expect([second?.id, second?.body]).toEqual([first?.id, first?.body]);
    // The answer to the claim that is over moves nothing, although it says yes.
    late.resolve({ status: 200 });
    await still.idle();
    expect(await scene.statusOf(tenant)).toMatchObject({ deliveredSequence: 0, attempts: 1, lastError: 'status_5xx' });
    tenant.receiver.answer(() => ({ status: 200 }));
    scene.clock.advanceSeconds(60);
    await scene.deliver(other);
    expect(sequencesOf(tenant.receiver.received.slice(2))).toEqual([1, 2]);
  });

  it('that stop return what they were about to deliver, without counting a failure', async () => {
    const tenant = await scene.addTenant();
    tenant.receiver.answer(() => 'silence');
    const deps = scene.node();
    const stopping = scene.newDeliveries(deps);
    await stopping.round();
    await tenant.receiver.count(1);
    const stopped = stopping.stop();
    await scene.closeFetch(deps);
    await stopped;
    expect(await scene.statusOf(tenant)).toMatchObject({ status: 'active', attempts: 0, lastError: null });
    tenant.receiver.answer(() => ({ status: 200 }));
    await scene.deliver(await addNode());
    const [first, second] = tenant.receiver.received;
    expect(second?.id).toBe(first?.id);
    await stopping.round();
    expect(await scene.statusOf(tenant)).toMatchObject({ pendingCount: 0, deliveredSequence: 1 });
  });
});
