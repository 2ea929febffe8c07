import { describe, expect, it } from 'vitest';

import { rotateWebhookSecret } from '../../src/audit-webhooks/rotate-webhook-secret.ts';
import { testAuditWebhook } from '../../src/audit-webhooks/test-audit-webhook.ts';
import { createTestTurns } from '../../src/http/test-turns.ts';
import { updateAuditWebhook } from '../../src/audit-webhooks/update-audit-webhook.ts';
import { sealedWith } from '../../src/kernel/sealed-box.ts';
import { sealedColumns } from '../../src/keys/sealed-columns.ts';
import { advanceDataKeys } from '../../src/storage/keys/advance-data-keys.ts';
import { dataKeyKeptSeconds, dataKeyLeadSeconds } from '../../src/storage/keys/limits.ts';
import { rotateDataKey } from '../../src/storage/keys/rotate-data-key.ts';
import { engines } from '../support/databases.ts';
import { isSignedWith, type Received, startWebhookReceiver } from '../support/webhook-receiver.ts';
import { type HookedTenant, useWebhookScene } from '../support/webhook-scene.ts';

describe.each(engines)('the signing secret of a webhook (%s)', (engine) => {
  const scene = useWebhookScene(engine);

  async function send(tenant: HookedTenant): Promise<Received | undefined> {
    await testAuditWebhook(scene.deps, tenant.call, createTestTurns(scene.clock));
    return tenant.receiver.received.at(-1);
  }
  const signedBy = (message: Received | undefined, secrets: readonly string[]) =>
    secrets.map((secret) => message !== undefined && isSignedWith(secret, message));
  const readRow = async ({ id }: HookedTenant) =>
    scene.database.db
      .selectFrom('audit_webhooks')
      .selectAll()
      .where('organization_id', '=', id)
      .executeTakeFirstOrThrow();

  it('has the format of Standard Webhooks and is stored encrypted', async () => {
    const tenant = await scene.addTenant();
    expect(tenant.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/u);
    expect(signedBy(await send(tenant), [tenant.secret])).toEqual([true]);
    const all = JSON.stringify([await readRow(tenant), await scene.statusOf(tenant), await trailOf(tenant)]);
    expect(all).not.toContain(tenant.secret.slice(6, 40));
  });

  it('is rotated: the previous one also signs for 24 hours', async () => {
    const tenant = await scene.addTenant();
    const { secret, auditWebhook } = await rotateWebhookSecret(scene.deps, tenant.call);
    expect(Date.parse(auditWebhook.previousSecretUntil ?? '')).toBe(scene.clock.nowMs() + 86_400_000);
    const both = await send(tenant);
    expect(both?.signatures).toHaveLength(2);
    expect(signedBy(both, [tenant.secret, secret])).toEqual([true, true]);
    scene.clock.advanceSeconds(86_400);
    const one = await send(tenant);
    expect(signedBy(one, [tenant.secret, secret])).toEqual([false, true]);
    expect((await scene.statusOf(tenant)).previousSecretUntil).toBeNull();
    const next = await rotateWebhookSecret(scene.deps, tenant.call);
    expect(signedBy(await send(tenant), [tenant.secret, secret, next.secret])).toEqual([false, true, true]);
  });

  it('is replaced at once if the URL moves to another web origin, and kept otherwise', async () => {
    const [tenant, next] = [await scene.addTenant(), await startWebhookReceiver()];
    const same = await updateAuditWebhook(scene.deps, {
      ...tenant.call,
      body: { url: `${tenant.receiver.url}/deeper` },
    });
    expect(same.secret).toBeUndefined();
    const moved = await updateAuditWebhook(scene.deps, { ...tenant.call, body: { url: next.url } });
    await testAuditWebhook(scene.deps, tenant.call, createTestTurns(scene.clock));
    expect(signedBy(next.received.at(-1), [tenant.secret, moved.secret ?? ''])).toEqual([false, true]);
    await next.close();
  });

  it('cannot be decrypted in another row or column: nothing is sent until it is rotated', async () => {
    const [one, other] = [await scene.addTenant(), await scene.addTenant()];
    const { sealed_secret } = await readRow(other);
    await scene.database.transaction((tx) =>
      tx.updateTable('audit_webhooks').set({ sealed_secret }).where('organization_id', '=', one.id).execute(),
    );
    await scene.deliver();
    expect(one.receiver.received).toEqual([]);
    expect(await scene.statusOf(one)).toMatchObject({ status: 'failing', lastError: 'secret_unreadable' });
    const { secret } = await rotateWebhookSecret(scene.deps, one.call);
    scene.clock.advanceSeconds(60);
    await scene.deliver();
    expect(signedBy(one.receiver.received[0], [secret])).toEqual([true]);
    expect(one.receiver.received[0]?.signatures).toHaveLength(1);
  });

  it('is re-encrypted with the next data key, as is the previous secret', async () => {
    const tenant = await scene.addTenant();
    const { secret } = await rotateWebhookSecret(scene.deps, tenant.call);
    const before = await readRow(tenant);
    const { keyring, clock, rootKey } = scene;
    const rotation = { rootKey, clock, random: scene.directory.random };
    await scene.database.transaction((tx) => rotateDataKey(rotation, tx));
    await keyring.refresh();
    clock.advanceSeconds(dataKeyLeadSeconds);
    const job = { database: scene.database, keyring, clock, columns: sealedColumns };
    await advanceDataKeys(job);
    const after = await readRow(tenant);
    const keysOf = (row: typeof after) => [sealedWith(row.sealed_secret), sealedWith(row.sealed_previous_secret)];
    expect(keysOf(after)).toEqual([keyring.currentKeyId(), keyring.currentKeyId()]);
    expect(keysOf(before)).not.toEqual(keysOf(after));
    expect(signedBy(await send(tenant), [tenant.secret, secret])).toEqual([true, true]);
    clock.advanceSeconds(dataKeyKeptSeconds);
    await advanceDataKeys(job);
    await keyring.refresh();
    expect(signedBy(await send(tenant), [secret])).toEqual([true]);
  });

  async function trailOf({ id }: HookedTenant) {
    return scene.database.db.selectFrom('audit_events').selectAll().where('organization_id', '=', id).execute();
  }
});
