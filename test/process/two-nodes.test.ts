import { afterAll, beforeAll, expect, it } from 'vitest';

import { silentLogger } from '../../src/kernel/logger.ts';
import { openDatabase } from '../../src/storage/open-database.ts';
import { addMember, refreshCookieOf } from '../support/callers.ts';
import { createTestPlace, type TestPlace } from '../support/databases.ts';
import { type Bootstrapped, bootstrap, call, type TestServer } from '../support/server.ts';
import {
  createTestFolder,
  reachableSettings,
  type ServerProcess,
  type Settings,
  startServerProcess,
} from '../support/server-process.ts';

let place: TestPlace;
let folder: Awaited<ReturnType<typeof createTestFolder>>;
let nodes: ServerProcess[] = [];
let first: TestServer;
let secondUrl: string;
let boot: Bootstrapped;

beforeAll(async () => {
  place = await createTestPlace('postgres');
  folder = await createTestFolder();
  const shared: Settings = { ...(await reachableSettings()), DATABASE_URL: place.url };
  const site = shared['SITE_URL'] ?? '';
  // The second node is the same site on another port, as behind a load balancer.
  nodes = [startServerProcess(folder.path, shared)];
  await nodes[0]?.ready;
  const { PORT: port = '' } = await reachableSettings();
  const second = startServerProcess(folder.path, { ...shared, PORT: port });
  nodes.push(second);
  await second.ready;
  secondUrl = `http://localhost:${port}`;
  const database = await openDatabase({ url: place.url, logger: silentLogger });
  first = {
    url: site,
    databaseUrl: place.url,
    // The nodes have their own root key, in a file.
    rootKey: { id: 'unused', bytes: Buffer.alloc(32) },
    database,
    routes: [],
    call: async (path, options) => call(`${site}${path}`, options),
    close: () => database.close(),
  };
  boot = await bootstrap(first);
}, 60_000);

afterAll(async () => {
  for (const node of nodes) node.signal('SIGTERM');
  await Promise.all(nodes.map(({ ended }) => ended));
  await first.close();
  await place.remove();
  await folder.remove();
});

const onSecond = async (token: string, path = '/api/v2/users/me') => call(`${secondUrl}${path}`, { token });

it('a member who is deactivated on one node is rejected by the other at the next request', async () => {
  const member = await addMember(first, boot, { organizationId: boot.organizationId, role: 'member' });
  const choice = { token: member.looseToken, json: { organizationId: boot.organizationId } };
  let cookie = refreshCookieOf(await first.call('/api/v3/auth/select-organization', choice)) ?? '';
  const refreshOnSecond = async () => call(`${secondUrl}/api/v1/auth/token`, { method: 'POST', headers: { cookie } });
  const refreshed = await refreshOnSecond();
  expect(refreshed.status).toBe(200);
  cookie = refreshCookieOf(refreshed) ?? '';
  expect((await onSecond(member.token)).status).toBe(200);
  const memberships = `/api/v2/organizations/${boot.organizationId}/memberships`;
  const { body } = await first.call(memberships, { token: boot.token });
  const { id } = body.users.find((row: { userId: string }) => row.userId === member.userId);
  const json = { isActive: false };
  const switched = await first.call(`${memberships}/${id}`, { method: 'PATCH', token: boot.token, json });
  const switchedAtMs = performance.now();
  const answer = await onSecond(member.token);
  expect([switched.status, answer.status]).toEqual([200, 403]);
  expect((await refreshOnSecond()).status).toBe(401);
  expect(performance.now() - switchedAtMs).toBeLessThan(1000);
});

it('a session that ends and an enforcement that starts on one node take effect on the other at once', async () => {
  const member = await addMember(first, boot, { organizationId: boot.organizationId, role: 'member' });
  const other = await addMember(first, boot, { organizationId: boot.organizationId, role: 'admin' });
  const url = `/api/v1/organization/${boot.organizationId}`;
  await first.call(`${url}/sessions?userId=${member.userId}`, { method: 'DELETE', token: boot.token });
  expect((await onSecond(member.token)).status).toBe(403);
  expect((await onSecond(other.token, url)).status).toBe(200);
  await first.database.transaction((tx) => tx.updateTable('organizations').set({ auth_enforced: 1 }).execute());
  expect((await onSecond(other.token, url)).body.code).toBe('sso_required');
});

it('password attempts are counted across both nodes', async () => {
  const json = { email: 'counted@acme.example', password: 'wrong' };
  const login = async (site: string) => (await call(`${site}/api/v3/auth/login`, { json })).body.code;
  const codes: unknown[] = [];
  // Two at once, one at each node: with more, a node rejects some before it checks them.
  for (let pair = 1; pair <= 6; pair += 1) codes.push(...(await Promise.all([first.url, secondUrl].map(login))));
  expect(codes.filter((code) => code === 'credentials_invalid')).toHaveLength(10);
});
