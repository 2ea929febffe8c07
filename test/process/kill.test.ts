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

const configPath = '/api/v1/sso/oidc/config';
const streamCount = 8;
/** The number of acknowledged changes before the process is killed. The streams continue until they notice. */
const changesBeforeKill = [20, 45];

/** An organization whose connection changes continuously. */
interface Stream {
  readonly organizationId: string;
  /** The number in the last acknowledged change. */
  acknowledged: number;
}

describe.each(engines)('a server that is killed while it writes (%s)', (engine) => {
  let folder: Awaited<ReturnType<typeof createTestFolder>>;
  let place: TestPlace;
  let settings: Settings;
  let server: ServerProcess | undefined;

  beforeEach(async () => {
    folder = await createTestFolder();
    place = await createTestPlace(engine);
    const SALLYPORT_ROOT_KEY_FILE = join(folder.path, 'root.key');
    settings = await reachableSettings({ DATABASE_URL: place.url, SALLYPORT_ROOT_KEY_FILE, LOG_LEVEL: 'warn' });
  });
  afterEach(async () => {
    server?.signal('SIGKILL');
    await server?.ended;
    await place.remove();
    await folder.remove();
  });

  test('keeps every acknowledged change, and one audit entry for each change', { timeout: 90_000 }, async () => {
    server = startServerProcess(folder.path, settings);
    const url = await server.ready;
    const { token } = await bootstrapProcess(url);
    const streams = await Promise.all(Array.from({ length: streamCount }, async () => addStream(url, token)));
    for (const count of changesBeforeKill) {
      const running = server;
      let left = count;
      const onAcknowledged = () => {
        left -= 1;
        if (left === 0) running.signal('SIGKILL');
      };
      await Promise.all(streams.map((stream) => changeUntilGone({ url, token, onAcknowledged }, stream)));
      expect(await running.ended).toMatchObject({ exitCode: null });

      server = startServerProcess(folder.path, settings);
      await server.ready;
      for (const stream of streams) {
        const found = await readNumber({ url, token }, stream);
        // A change in progress at the kill may be stored without an acknowledgement.
        expect([stream.acknowledged, stream.acknowledged + 1]).toContain(found);
        stream.acknowledged = found;
      }
    }
    server.signal('SIGTERM');
    expect(await server.ended).toMatchObject({ exitCode: 0, errors: '' });
    await expectOneAuditRowPerChange(streams);
  });

  async function expectOneAuditRowPerChange(streams: readonly Stream[]): Promise<void> {
    const database = await openDatabase({ url: place.url, logger: silentLogger });
    try {
      for (const { organizationId, acknowledged } of streams) {
        const rows = await database.db
          .selectFrom('audit_events')
          .select('id')
          .where('organization_id', '=', organizationId)
          .where('event_type', '=', 'oidc-config-update')
          .execute();
        expect(rows).toHaveLength(acknowledged);
      }
    } finally {
      await database.close();
    }
  }
});

interface Access {
  readonly url: string;
  readonly token: string;
}

let organizationCount = 0;

async function addStream(url: string, token: string): Promise<Stream> {
  organizationCount += 1;
  const json = { name: `Organization ${organizationCount}` };
  const { body } = await call(`${url}/api/v2/organizations`, { token, json });
  const organizationId: string = body.organization.id;
  const config = {
    organizationId,
    configurationType: 'discoveryURL',
    discoveryURL: 'https://idp.acme.example',
    clientId: 'client-0',
    clientSecret: 'a secret',
    isActive: false,
  };
  const configured = await call(`${url}${configPath}`, { token, json: config });
  expect(configured.status).toBe(200);
  return { organizationId, acknowledged: 0 };
}

/** Sequential changes, each with the next number, until the server is gone. */
async function changeUntilGone(
  { url, token, onAcknowledged }: Access & { onAcknowledged: () => void },
  stream: Stream,
): Promise<void> {
  for (;;) {
    const next = stream.acknowledged + 1;
    const json = { organizationId: stream.organizationId, clientId: `client-${next}` };
    let status: number;
    try {
      ({ status } = await call(`${url}${configPath}`, { method: 'PATCH', token, json }));
    } catch {
      return;
    }
    expect(status).toBe(200);
    stream.acknowledged = next;
    onAcknowledged();
  }
}

async function readNumber({ url, token }: Access, { organizationId }: Stream): Promise<number> {
  const { body } = await call(`${url}${configPath}?organizationId=${organizationId}`, { token });
  return Number(body.clientId.replace('client-', ''));
}
