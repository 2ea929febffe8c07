import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { silentLogger } from '../../src/kernel/logger.ts';
import { openDatabase } from '../../src/storage/open-database.ts';
import { createTestPlace, engines, type TestPlace } from '../support/databases.ts';
import {
  bootstrapProcess,
  createTestFolder,
  reachableSettings,
  type ServerProcess,
  type Settings,
  startServerProcess,
} from '../support/server-process.ts';
import { call } from '../support/server.ts';
import { isSignedWith, sequencesOf, startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

const groupCount = 120;

/** The claim of the killed server lasts for 25 more seconds; sets its end to now. */
async function letLeaseEnd(url: string): Promise<void> {
  const database = await openDatabase({ url, logger: silentLogger });
  const nowMs = Date.now();
  const webhook = await database.db.selectFrom('audit_webhooks').select('lease_until_at').executeTakeFirstOrThrow();
  expect(webhook.lease_until_at).toBeGreaterThan(nowMs);
  await database.transaction(async (tx) => tx.updateTable('audit_webhooks').set({ lease_until_at: nowMs }).execute());
  await database.close();
}

describe.each(engines)(
  'a server that is killed while it delivers the audit trail (%s)',
  { concurrent: true },
  (engine) => {
    let folder: Awaited<ReturnType<typeof createTestFolder>>;
    let place: TestPlace;
    let receiver: WebhookReceiver;
    let settings: Settings;
    let server: ServerProcess | undefined;

    beforeEach(async () => {
      folder = await createTestFolder();
      place = await createTestPlace(engine);
      receiver = await startWebhookReceiver();
      settings = await reachableSettings({
        DATABASE_URL: place.url,
        SALLYPORT_ROOT_KEY_FILE: join(folder.path, 'root.key'),
        SALLYPORT_OUTBOUND_ALLOW: '127.0.0.1/32',
        LOG_LEVEL: 'warn',
      });
    });
    afterEach(async () => {
      server?.signal('SIGKILL');
      await server?.ended;
      await receiver.close();
      await place.remove();
      await folder.remove();
    });

    test('sends the pending message again under the same id, and skips nothing', { timeout: 120_000 }, async () => {
      const running = (server = startServerProcess(folder.path, settings));
      const url = await running.ready;
      const { organizationId, token } = await bootstrapProcess(url);
      const webhook = `${url}/api/v1/organization/${organizationId}/audit-webhook`;
      // From the second message on, the server is killed before it gets the response for the message.
      receiver.answer(() => {
        if (receiver.received.length < 2) return { status: 200 };
        running.signal('SIGKILL');
        return 'silence';
      });
      const json = { url: receiver.url, after: 0, isActive: false };
      const { secret } = (await call(webhook, { token, json })).body;
      for (let index = 0; index < groupCount; index += 1) {
        await call(`${url}/api/v1/groups`, { token, json: { name: `Group ${index}`, organizationId } });
      }
      const resumed = await call(webhook, { method: 'PATCH', token, json: { isActive: true } });
      const { pendingCount } = resumed.body.auditWebhook;
      expect(pendingCount).toBeGreaterThan(groupCount);
      expect(await running.ended).toMatchObject({ exitCode: null });
      expect(receiver.received).toHaveLength(2);

      await letLeaseEnd(place.url);
      receiver.answer(() => ({ status: 200 }));
      server = startServerProcess(folder.path, settings);
      await server.ready;
      await receiver.count(4);
      const { received } = receiver;
      expect([received[2]?.id, received[2]?.body]).toEqual([received[1]?.id, received[1]?.body]);
      expect(received.every((each) => isSignedWith(secret, each))).toBe(true);
      const once = received.filter(({ id }, index) => received.findIndex((each) => each.id === id) === index);
      const sequences = sequencesOf(once);
      expect(sequences.length).toBeGreaterThanOrEqual(pendingCount + 1);
      expect(sequences).toEqual(sequences.map((_, index) => index + 1));
      server.signal('SIGTERM');
      expect(await server.ended).toMatchObject({ exitCode: 0, errors: '' });
    });
  },
);
