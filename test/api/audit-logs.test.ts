import { createHash, randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { addMachine, addMember, addOrganization, logIn, withoutRequestId } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { bootstrap, type Bootstrapped, startTestServer, type TestServer } from '../support/server.ts';
import { createStillClock } from '../support/still-clock.ts';

const url = '/api/v1/organization/audit-logs';

describe.each(engines)('the audit log endpoints (%s)', (engine) => {
  const clock = createStillClock();
  let server: TestServer;
  let first: Bootstrapped;
  let organizationId: string;
  let token: string;

  beforeAll(async () => {
    server = await startTestServer({ engine, clock });
    first = await bootstrap(server);
    organizationId = await addOrganization(server, first);
    token = (await addMember(server, first, { organizationId, role: 'admin' })).token;
    for (let number = 1; number <= 6; number += 1) {
      clock.advanceSeconds(number % 2 === 0 ? 60 : 0);
      await server.call('/api/v1/groups', { token, json: { name: `Group ${number}` } });
    }
  });
  afterAll(() => server.close());

  const read = async (query = '') => (await server.call(`${url}${query}`, { token })).body.auditLogs;
  const namesOf = (logs: { event: { metadata: { name: string } } }[]) => logs.map((log) => log.event.metadata.name);
  const groupsOnly = 'eventType=group-create';

  it('H280: GET returns entries with exactly the documented fields, newest first', async () => {
    const logs = await read();
    expect(logs[0]).toEqual({
      id: expect.any(String),
      createdAt: new Date(clock.nowMs()).toISOString(),
      orgId: organizationId,
      actor: {
        type: 'user',
        metadata: { userId: expect.any(String), email: expect.any(String), authMethod: 'password' },
      },
      event: { type: 'group-create', metadata: { groupId: expect.any(String), name: 'Group 6', role: 'no-access' } },
      ipAddress: '127.0.0.1',
      userAgent: 'node',
      sequence: logs.length,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/u),
    });
    expect(namesOf(await read(`?${groupsOnly}`))).toEqual([6, 5, 4, 3, 2, 1].map((number) => `Group ${number}`));
    expect(logs.at(-1).event.type).toBe('organization-create');
  });

  it('a reason is a code with its text beside the metadata', async () => {
    const id = await addOrganization(server, first);
    const admin = await addMember(server, first, { organizationId: id, role: 'admin' });
    const other = await addMember(server, first, { organizationId: id, role: 'member' });
    const sessions = `/api/v1/organization/${id}/sessions?userId=${other.userId}`;
    expect((await server.call(sessions, { method: 'DELETE', token: admin.token })).status).toBe(200);
    const { body } = await server.call(`${url}?eventType=organization-sessions-end`, { token: admin.token });
    expect(body.auditLogs[0].event).toMatchObject({
      metadata: { reason: 'ended_by_admin' },
      reasonText: 'An admin ended the session.',
    });
  });

  it('pages have no gaps and no repetitions', async () => {
    const whole = await read();
    const pages = [await read('?limit=3'), await read('?limit=3&offset=3'), await read('?offset=6')];
    expect(pages.flat()).toEqual(whole);
    expect(await read('?offset=1000000')).toEqual([]);
  });

  it('filters by event, actor and time, alone and combined', async () => {
    expect(namesOf(await read(`?${groupsOnly}&limit=2`))).toEqual(['Group 6', 'Group 5']);
    expect(await read(`?${groupsOnly}&actorType=identity`)).toEqual([]);
    expect(await read(`?${groupsOnly}&actorType=user`)).toHaveLength(6);
    const at = encodeURIComponent(new Date(clock.nowMs() - 60_000).toISOString());
    expect(namesOf(await read(`?${groupsOnly}&startDate=${at}&endDate=${at}`))).toEqual(['Group 5', 'Group 4']);
    expect(namesOf(await read(`?${groupsOnly}&startDate=${at}`))).toHaveLength(3);
    expect(await read('?startDate=2031-01-01')).toEqual([]);
    expect(await read('?eventType=no-such-event')).toEqual([]);
  });

  it.each([
    'limit=0',
    'limit=1001',
    'offset=-1',
    'offset=x',
    'startDate=soon',
    'endDate=2030-02-31T99:00:00Z',
    'actorType=dog',
    'eventType=',
  ])('rejects %s with 422', async (query) => {
    const { status, body } = await server.call(`${url}?${query}`, { token });
    expect([status, body.code]).toEqual([422, 'validation_failed']);
    expect(body.details[0].path).toBe(query.split('=')[0]);
  });

  it('refuses members who are not admins, and hides the organization from strangers', async () => {
    const member = await addMember(server, first, { organizationId, role: 'member' });
    for (const path of [url, `${url}/export`]) {
      expect((await server.call(path)).status).toBe(401);
      expect(await server.call(path, { token: member.token })).toMatchObject({ status: 403 });
      const foreign = await server.call(`${path}?organizationId=${first.organizationId}`, { token });
      const unknown = await server.call(`${path}?organizationId=${randomUUID()}`, { token });
      expect(foreign.status).toBe(404);
      expect(withoutRequestId(foreign)).toBe(withoutRequestId(unknown));
    }
  });

  it('shows the trail of any organization and of the server only to instance admins', async () => {
    const ours = await server.call(`${url}?organizationId=${organizationId}`, { token: first.token });
    expect(ours.body.auditLogs[0]).toMatchObject({ orgId: organizationId });
    const servers = await server.call(`${url}?scope=server`, { token: first.token });
    expect(servers.status).toBe(200);
    expect(servers.body.auditLogs.length).toBeGreaterThan(0);
    expect(servers.body.auditLogs.every((log: { orgId: unknown }) => log.orgId === null)).toBe(true);
    const refused = await server.call(`${url}?scope=server`, { token });
    expect(refused).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
    const machine = await addMachine(server, first, { organizationId, role: 'admin' });
    const login = await logIn(server, machine);
    const asMachine = { token: login.body.accessToken };
    expect((await server.call(url, asMachine)).status).toBe(200);
    expect((await server.call(`${url}/export?scope=server`, asMachine)).status).toBe(403);
  });

  it('does not confuse the path with an organization of that name, with a trailing slash or without', async () => {
    expect((await server.call(`${url}/`, { token })).body).toHaveProperty('auditLogs');
    expect((await server.call(`/api/v1/organization/${organizationId}`, { token })).body).toHaveProperty(
      'organization',
    );
  });

  it('exports lines that anyone can verify, and resumes where it stopped while entries are added', async () => {
    const lines: string[] = [];
    let after = 0;
    for (let page = 0; page < 4; page += 1) {
      const answer = await server.call(`${url}/export?after=${after}&limit=4`, { token });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toContain('application/x-ndjson');
      lines.push(...answer.text.split('\n').filter((line) => line !== ''));
      after = Number(answer.headers.get('x-next-cursor'));
      if (page < 2) await server.call('/api/v1/groups', { token, json: { name: `Later ${page}` } });
    }
    const { sequence } = (await read('?limit=1'))[0];
    expect(lines.map((line) => JSON.parse(line).sequence)).toEqual(
      Array.from({ length: sequence }, (_, index) => index + 1),
    );
    let previousHash = '0'.repeat(64);
    for (const line of lines) {
      const [, content, hash] = /^(.*),"hash":"([0-9a-f]{64})"\}$/u.exec(line) ?? [];
      expect(createHash('sha256').update(`${content}}`).digest('hex')).toBe(hash);
      expect(JSON.parse(line)).toMatchObject({ previousHash, orgId: organizationId });
      previousHash = hash ?? '';
    }
    const done = await server.call(`${url}/export?after=${after}`, { token });
    expect([done.text, done.headers.get('x-next-cursor')]).toEqual(['', String(after)]);
  });
});
