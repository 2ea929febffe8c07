import { request } from 'node:http';

import { beforeAll, describe, expect, it } from 'vitest';

import { addMember, addOrganization, type Person } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { configUrl, customConfig, storedConfig } from '../support/oidc-config-body.ts';
import { bootstrap, startTestServer, useServer } from '../support/server.ts';
import { expectUntouched, readEverything } from '../support/stored-rows.ts';

describe.each(engines)('ambiguous requests (%s)', (engine) => {
  let own: string;
  let foreign: string;
  let admin: Person;

  const { server, boot } = useServer({ engine });
  beforeAll(async () => {
    foreign = await addOrganization(server, boot);
    await server.call(configUrl, { token: boot.token, json: customConfig(foreign) });
    own = await addOrganization(server, boot);
    await server.call(configUrl, { token: boot.token, json: customConfig(own) });
    admin = await addMember(server, boot, { organizationId: own, role: 'admin' });
  });

  const stored = async () => [await storedConfig(server, own), await storedConfig(server, foreign)];
  const everything = async () => readEverything(server.database);

  /** Sends a path unchanged, which `fetch` would normalize. */
  async function rawStatus(path: string, options: { method?: string; headers?: Record<string, string> } = {}) {
    return new Promise<number>((resolve, reject) => {
      const { hostname, port } = new URL(server.url);
      const headers = { authorization: `Bearer ${admin.token}`, ...options.headers };
      const sent = request({ hostname, port, path, method: options.method ?? 'GET', headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      sent.on('error', reject).end();
    });
  }

  it('H219: ignores a second organization in the query, a header or the body', async () => {
    const [ownBefore, foreignBefore] = await stored();
    const { token } = admin;
    const headers = { 'x-organization-id': foreign, 'x-org-id': foreign };
    const elsewhere = { orgId: foreign, tenantId: foreign };
    const update = (query: string, organizationId: string) =>
      server.call(`${configUrl}?organizationId=${query}`, {
        method: 'PATCH',
        token,
        headers,
        json: { ...elsewhere, organizationId, allowedEmailDomains: 'changed.example' },
      });
    expect((await update(own, foreign)).body.code).toBe('organization_not_found');
    const misspelled = { organization_id: foreign, organizationId: own, allowedEmailDomains: 'changed.example' };
    const refused = await server.call(configUrl, { method: 'PATCH', token, json: misspelled });
    expect([refused.status, refused.body.details[0].path]).toEqual([422, 'organization_id']);
    expect(await stored()).toEqual([ownBefore, foreignBefore]);
    expect((await update(foreign, own)).body).toMatchObject({ orgId: own, allowedEmailDomains: 'changed.example' });
    const renamed = await server.call(`/api/v1/organization/${own}?organizationId=${foreign}`, {
      method: 'PATCH',
      token,
      headers,
      json: { ...elsewhere, id: foreign, organizationId: foreign, name: 'Renamed' },
    });
    expect(renamed.status).toBe(200);
    const names = server.database.db.selectFrom('organizations').select('id').where('name', '=', 'Renamed');
    expect(await names.where('id', 'in', [own, foreign]).execute()).toEqual([{ id: own }]);
    expect((await stored())[1]).toEqual(foreignBefore);
  });

  it.each([
    ['2 MB', 'x'.repeat(2_000_000), 'application/json', 413],
    ['100,000 levels', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, 'application/json', 422],
    ['a prototype', '{"organizationId":"$own","__proto__":{"isActive":false}}', 'application/json', 422],
    ['a constructor', '{"organizationId":"$own","constructor":{"prototype":{"a":1}}}', 'application/json', 422],
    [
      'a name twice, the good one first',
      '{"organizationId":"$own","isActive":true,"isActive":"x"}',
      'application/json',
      422,
    ],
    [
      'a bad value under a type with a tab',
      '{"organizationId":"$own","isActive":"x"}',
      'application/json\t;a=b',
      undefined,
    ],
    ['a bad value under a type in capitals', '{"organizationId":"$own","isActive":"x"}', 'APPLICATION/JSON', 422],
    ['plain text', '{"organizationId":"$own","isActive":false}', 'text/plain', 422],
    ['a type that begins like JSON', '{"organizationId":"$own","isActive":false}', 'application/jsonx', 415],
    ['a type that also names JSON', '{"organizationId":"$own","isActive":false}', 'text/plain; application/json', 422],
    ['a form', 'organizationId=$own&isActive=false', 'application/x-www-form-urlencoded', 415],
  ])('H234: %s', async (_name, text, type, status) => {
    const before = await everything();
    const answer = await server.call(configUrl, {
      method: 'PATCH',
      token: admin.token,
      json: text.replace('$own', own),
      headers: { 'content-type': type },
    });
    expect(status === undefined ? [415, 422] : [status]).toContain(answer.status);
    expect(answer.body).toMatchObject({ statusCode: answer.status, code: expect.any(String) });
    await expectUntouched(server.database, before);
  });

  it('H235: no alternative spelling of a path or a method reaches an endpoint', async () => {
    const query = `organizationId=${own}`;
    expect(await rawStatus(`${configUrl}?${query}`)).toBe(200);
    const before = await stored();
    for (const path of [
      `/api/v1/sso/oidc%2Fconfig?${query}`,
      `/api/v1/sso/oidc%252Fconfig?${query}`,
      `/api/v1/sso/oidc\\config?${query}`,
      `/API/v1/sso/oidc/config?${query}`,
      `/api/v1/sso/x/../oidc/config?${query}`,
      `/api/v1/sso/%2e/oidc/config?${query}`,
      `${configUrl};a=b?${query}`,
      `${configUrl};${query}`,
      `${configUrl}%00?${query}`,
      `${configUrl}%3F${query}`,
    ]) {
      expect([path, await rawStatus(path)]).toEqual([path, expect.toSatisfy((status) => [400, 404].includes(status))]);
    }
    const overrides = ['x-http-method-override', 'x-http-method', 'x-method-override'];
    const headers = Object.fromEntries(overrides.map((name) => [name, 'DELETE']));
    expect(await rawStatus(`${configUrl}?${query}&_method=DELETE`, { headers })).toBe(200);
    expect(await rawStatus(`${configUrl}?${query}&_method=DELETE`, { method: 'POST', headers })).toBe(422);
    for (const [method, status] of Object.entries({ HEAD: 200, PUT: 405, TRACE: 405, OPTIONS: 204, PROPFIND: 405 })) {
      expect([method, await rawStatus(`${configUrl}?${query}`, { method })]).toEqual([method, status]);
    }
    expect(await stored()).toEqual(before);
  });

  it('H235: every spelling that reaches an endpoint requires the token', async () => {
    for (const path of [configUrl, `${configUrl}/`, `/api/v1/sso/oidc/%63onfig`, `/%61pi/v1/sso/oidc/config/`]) {
      const status = await rawStatus(`${path}?organizationId=${own}`, { headers: { authorization: '' } });
      expect([path, status]).toEqual([path, 401]);
    }
  });

  it.each(['null', 'https://evil.example', 'http://sub.localhost'])(
    'H236: grants the web origin %s no access',
    async (origin) => {
      const asked = { 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'authorization' };
      const answers = [
        await server.call('/api/status', { headers: { origin } }),
        await server.call(`${configUrl}?organizationId=${own}`, { token: admin.token, headers: { origin } }),
        await server.call(configUrl, { method: 'OPTIONS', headers: { origin, ...asked } }),
        await server.call('/api/v1/auth/token', { method: 'OPTIONS', headers: { origin, ...asked } }),
      ];
      const names = answers.flatMap(({ headers }) => [...headers.keys()]);
      expect(names.filter((name) => name.startsWith('access-control-'))).toEqual([]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 204, 204]);
    },
  );

  it('H240: treats quotes and wildcards as plain text', async () => {
    const url = `/api/v2/organizations/${own}/memberships`;
    const find = async (search: string) => {
      const { status, body } = await server.call(`${url}?search=${encodeURIComponent(search)}`, { token: admin.token });
      return [status, body.totalCount];
    };
    expect(await find(admin.email)).toEqual([200, 1]);
    for (const text of ['%', '_', '\\', "'", '"', "' or '1'='1", "'; drop table users; --", '%%', 'member%acme']) {
      expect([text, ...(await find(text))]).toEqual([text, 200, 0]);
    }
    for (const text of ["' or '1'='1", '%', "x' union select 1 --"]) {
      const slug = encodeURIComponent(text);
      const { body, status } = await server.call(`/api/v1/sso/oidc/login?orgSlug=${slug}`, {
        headers: { accept: 'application/json' },
      });
      expect([text, status, body.authorizationUrl]).toEqual([text, 404, undefined]);
      const logs = `/api/v1/organization/audit-logs?organizationId=${own}&eventType=${slug}`;
      const found = await server.call(logs, { token: admin.token });
      expect([text, found.status, found.body.auditLogs]).toEqual([text, 200, []]);
    }
  });

  it.each(['a.', '@', ',', ' ', '-', '\t', 'a-', '%', '//', 'https://'])(
    'H241: rejects half a million characters of %j at once',
    async (part) => {
      // Code that is not linear takes minutes at this length, and the test times out.
      const text = part.repeat(500_000 / part.length);
      const before = await everything();
      for (const change of [{ allowedEmailDomains: `${text}x` }, { discoveryURL: `https://${text}x` }]) {
        const json = { organizationId: own, ...change };
        expect((await server.call(configUrl, { method: 'PATCH', token: admin.token, json })).status).toBe(422);
      }
      const invitations = `/api/v1/organization/${own}/invitations`;
      const json = { email: `${text}@acme.example` };
      expect((await server.call(invitations, { token: admin.token, json })).status).toBe(422);
      await expectUntouched(server.database, before);
    },
  );

  it('H244: public endpoints show the state of the server and nothing of a tenant', async () => {
    for (const path of ['/metrics', '/debug', '/debug/pprof', '/api/metrics', '/.env', '/server-status', '/actuator']) {
      expect([path, (await server.call(path)).status]).toEqual([path, 404]);
    }
    const names = ['clockDifferenceSeconds', 'date', 'isBootstrapped', 'message', 'version'];
    for (const path of ['/api/status', '/api/ready']) {
      const { status, body, text } = await server.call(path);
      expect(status).toBe(200);
      expect(names).toEqual(expect.arrayContaining(Object.keys(body)));
      expect(text).not.toContain(own);
    }
    const { headers } = await server.call('/api/status');
    expect([headers.get('server'), headers.get('x-powered-by')]).toEqual([null, null]);
  });
});

it.runIf(engines.includes('postgres'))('H226: rejects a token that another site made with the same keys', async () => {
  const server = await startTestServer({ engine: 'postgres' });
  const settings = { SITE_URL: 'https://elsewhere.example' };
  const elsewhere = await startTestServer({ engine: 'postgres', beside: server, settings });
  try {
    const { token } = await bootstrap(elsewhere);
    const path = '/api/v1/identities/details';
    expect((await elsewhere.call(path, { token })).status).toBe(200);
    expect(await server.call(path, { token })).toMatchObject({ status: 403, body: { code: 'token_invalid' } });
  } finally {
    await elsewhere.close();
    await server.close();
  }
});
