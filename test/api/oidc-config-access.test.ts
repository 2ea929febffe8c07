import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { addMachine, addMember, addOrganization, logIn, type Person, withoutRequestId } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { configEvents, configUrl, customConfig, discoveryConfig, storedConfig } from '../support/oidc-config-body.ts';
import { type Answer, type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';

describe.each(engines)('access to an OIDC configuration (%s)', (engine) => {
  let server: TestServer;
  let boot: Bootstrapped;
  let acme: string;
  let other: string;
  let unconfigured: string;
  let admin: Person;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    boot = await bootstrap(server);
    [acme, other, unconfigured] = [
      await addOrganization(server, boot),
      await addOrganization(server, boot),
      await addOrganization(server, boot),
    ];
    for (const organizationId of [acme, other]) {
      await server.call(configUrl, { token: boot.token, json: customConfig(organizationId) });
    }
    admin = await addMember(server, boot, { organizationId: acme, role: 'admin' });
  });
  afterAll(async () => {
    await server.close();
  });

  /** Sends each of the four requests for one organization. */
  async function all(organizationId: string, headers: Record<string, string>): Promise<Answer[]> {
    const url = `${configUrl}?organizationId=${encodeURIComponent(organizationId)}`;
    return [
      await server.call(configUrl, { headers, json: customConfig(organizationId) }),
      await server.call(url, { headers }),
      await server.call(configUrl, { headers, method: 'PATCH', json: { organizationId, isActive: false } }),
      await server.call(url, { headers, method: 'DELETE' }),
    ];
  }
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  /** Expects the same rejection for all four requests and no change; returns the rejection. */
  async function refusal(answers: Promise<Answer[]>): Promise<string> {
    const before = [await storedConfig(server, acme), await storedConfig(server, other)];
    const told = new Set<string>();
    for (const answer of await answers) {
      expect(answer.body.statusCode).toBe(answer.status);
      told.add(`${answer.status} ${answer.body.error} ${answer.body.code}`);
      expect(Object.keys(answer.body)).toEqual(['reqId', 'statusCode', 'error', 'message', 'code']);
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    }
    expect([await storedConfig(server, acme), await storedConfig(server, other)]).toEqual(before);
    return [...told].join();
  }

  it.each([
    ['no header', {}],
    ['an empty header', { authorization: '' }],
    ['another scheme', { authorization: 'Basic YWRtaW46YWRtaW4=' }],
    ['a cookie instead', { cookie: 'jid=x; token=x' }],
    ['an API key instead', { 'x-api-key': 'x' }],
  ])('H224: a request without a valid token gets 401: %s', async (_name, headers) => {
    expect(await refusal(all(acme, headers))).toBe('401 UnauthorizedError token_missing');
  });

  it.each(['x', 'a.b.c', 'Bearer x', '', 'eyJhbGciOiJub25lIn0.e30.', 'ä'])(
    'rejects the malformed token %j',
    async (token) => {
      expect(await refusal(all(acme, { authorization: `Bearer ${token}` }))).toBe('403 TokenError token_invalid');
    },
  );

  it('H225: a caller without a selected organization must select one first', async () => {
    expect(await refusal(all(acme, bearer(admin.looseToken)))).toBe('401 UnauthorizedError organization_not_selected');
  });

  it('H219, H222, H225: a foreign organization looks like an unknown one', async () => {
    const foreign = await all(other, bearer(admin.token));
    const machine = await addMachine(server, boot, { organizationId: acme, role: 'admin' });
    const machineToken: string = (await logIn(server, machine)).body.accessToken;
    for (const organizationId of [unconfigured, randomUUID(), 'nonsense', other.toUpperCase(), '%', "' or 1=1 --"]) {
      for (const token of [admin.token, machineToken]) {
        const answers = await all(organizationId, bearer(token));
        expect(answers.map(withoutRequestId)).toEqual(foreign.map(withoutRequestId));
      }
    }
    expect(new Set(foreign.map(withoutRequestId)).size).toBe(1);
    expect(foreign[0]).toMatchObject({ status: 404, body: { error: 'NotFound', code: 'organization_not_found' } });
    const unknown = (await all(randomUUID(), bearer(boot.token))).map(withoutRequestId);
    expect(new Set([...unknown, ...foreign.map(withoutRequestId)]).size).toBe(1);
  });

  it.each(['member', 'no-access'] as const)(
    'H222: a caller with the role %s lacks the permission, configured or not',
    async (role) => {
      const inConfigured = await addMember(server, boot, { organizationId: acme, role });
      const inUnconfigured = await addMember(server, boot, { organizationId: unconfigured, role });
      expect(await refusal(all(acme, bearer(inConfigured.token)))).toBe('403 PermissionDenied permission_denied');
      const [refused, unseen] = [
        await all(acme, bearer(inConfigured.token)),
        await all(unconfigured, bearer(inUnconfigured.token)),
      ];
      expect(unseen.map(withoutRequestId)).toEqual(refused.map(withoutRequestId));
      const machine = await addMachine(server, boot, { organizationId: acme, role });
      const { accessToken } = (await logIn(server, machine)).body;
      expect(await refusal(all(acme, bearer(accessToken)))).toBe('403 PermissionDenied permission_denied');
    },
  );

  it('authenticates the caller before it reads the body', async () => {
    for (const json of ['{', '{}', 'x'.repeat(2_000_000)]) {
      const answer = await server.call(configUrl, { method: 'POST', json, headers: bearer('x') });
      expect([answer.status, answer.body.code]).toEqual([403, 'token_invalid']);
    }
  });

  it('an admin of the organization may do everything, as a user or a machine identity', async () => {
    const organizationId = await addOrganization(server, boot);
    const person = await addMember(server, boot, { organizationId, role: 'admin' });
    const machine = await addMachine(server, boot, { organizationId, role: 'admin' });
    const tokens: string[] = [person.token, (await logIn(server, machine)).body.accessToken];
    for (const token of tokens) {
      const answers = await all(organizationId, bearer(token));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    }
    const actors = (await configEvents(server, organizationId)).map(({ actor }) => actor);
    expect(actors).toEqual([
      ...Array.from({ length: 4 }, () => 'user'),
      ...Array.from({ length: 4 }, () => 'identity'),
    ]);
  });

  it('H232, H285: a caller loses the permission together with the role, at once', async () => {
    const person = await addMember(server, boot, { organizationId: acme, role: 'admin' });
    const url = `${configUrl}?organizationId=${acme}`;
    expect((await server.call(url, { token: person.token })).status).toBe(200);
    await server.database.transaction(async (tx) => {
      await tx.updateTable('memberships').set({ is_active: 0 }).where('user_id', '=', person.userId).execute();
    });
    expect((await server.call(url, { token: person.token })).body.code).toBe('organization_not_found');
  });

  describe('manage-group-memberships', () => {
    const ask = async (orgId: string, token: string) =>
      server.call(`/api/v1/sso/oidc/manage-group-memberships?orgId=${orgId}`, { token });
    const change = async (json: object) => {
      const answer = await server.call(configUrl, { token: boot.token, method: 'PATCH', json });
      expect(answer.status).toBe(200);
    };

    it('is true only for an active connection that enables it, and every member may read it', async () => {
      const organizationId = await addOrganization(server, boot);
      const { token } = await addMember(server, boot, { organizationId, role: 'member' });
      expect(await ask(organizationId, token)).toMatchObject({ status: 200, body: { isEnabled: false } });
      await server.call(configUrl, { token: boot.token, json: discoveryConfig(organizationId) });
      expect((await ask(organizationId, token)).body).toEqual({ isEnabled: false });
      await change({ organizationId, manageGroupMemberships: true });
      expect((await ask(organizationId, token)).body).toEqual({ isEnabled: true });
      await change({ organizationId, isActive: false });
      expect((await ask(organizationId, token)).body).toEqual({ isEnabled: false });
    });

    it('is for users, and reveals nothing to strangers', async () => {
      expect(await ask(acme, boot.token)).toMatchObject({ status: 401, body: { code: 'user_token_required' } });
      const answers = [await ask(other, admin.token), await ask(randomUUID(), admin.token)].map(withoutRequestId);
      expect(new Set(answers).size).toBe(1);
      expect(answers[0]).toMatch(/^404 .*"organization_not_found"/);
      const url = '/api/v1/sso/oidc/manage-group-memberships';
      expect((await server.call(url, { token: admin.token })).status).toBe(422);
      expect((await server.call(`${url}?orgId=${acme}`)).status).toBe(401);
    });
  });
});
