import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { json } from 'node:stream/consumers';

import { afterEach, describe, expect, it } from 'vitest';

import { systemRandom } from '../../src/kernel/random.ts';
import { createApiClient } from './api-client.ts';
import type { DemoMemory } from './demo-memory.ts';
import { DemoProblem } from './demo-problem.ts';
import { setUpServer } from './set-up-server.ts';

const id = '0192a000-0000-7000-8000-000000000001';
const at = '2026-01-01T00:00:00.000Z';
const discoveryUrl = 'http://127.0.0.1:9090/.well-known/openid-configuration';

const organization = { id, name: 'Acme', slug: 'acme', createdAt: at, updatedAt: at, authEnforced: false };
const answers = {
  fresh: { isBootstrapped: false },
  used: { isBootstrapped: true },
  bootstrap: {
    message: 'Done',
    identity: { id, name: 'Admin', credentials: { token: 'the token' } },
    organization: { id, name: 'Operators', slug: 'operators' },
    user: { id, email: 'a@b.example', username: 'a', firstName: 'A', lastName: '', superAdmin: true },
  },
  organization: {
    organization: {
      ...organization,
      defaultMembershipRole: 'member',
      bypassOrgAuthEnabled: false,
      userTokenExpiration: '30d',
    },
  },
  engineering: {
    id,
    orgId: id,
    name: 'Engineering',
    slug: 'engineering',
    createdAt: at,
    updatedAt: at,
    role: 'member',
    roleId: null,
  },
  config: {
    id,
    orgId: id,
    issuer: '',
    authorizationEndpoint: '',
    configurationType: 'discoveryURL',
    discoveryURL: discoveryUrl,
    jwksUri: '',
    tokenEndpoint: '',
    userinfoEndpoint: '',
    isActive: true,
    allowedEmailDomains: 'acme.example',
    manageGroupMemberships: true,
    jwtSignatureAlgorithm: 'RS256',
  },
};
const remembered: DemoMemory = {
  admin: { email: 'admin@sallyport.example', password: 'a password' },
  apiToken: 'the token',
  practiceClient: { clientId: 'sallyport-demo', clientSecret: 'the secret' },
  organizationId: id,
  discoveryUrl,
};

const running: Server[] = [];
afterEach(() => running.splice(0).forEach((server) => server.close()));

/** A server that answers each request with what is scripted for it, 404 where nothing is, and remembers the changes. */
async function scriptedServer(script: Readonly<Record<string, unknown>>) {
  const changes: { request: string; body: unknown }[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const name = `${request.method} ${request.url?.split('?', 1)[0]}`;
      if (request.method !== 'GET') changes.push({ request: name, body: await json(request) });
      const answer = script[name];
      response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? {}));
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  running.push(server);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('an HTTP server has a port');
  return { baseUrl: `http://127.0.0.1:${address.port}`, changes };
}

async function setUp(script: Readonly<Record<string, unknown>>, before: DemoMemory | undefined) {
  const { baseUrl, changes } = await scriptedServer(script);
  const writes: DemoMemory[] = [];
  const memory = await setUpServer({
    api: createApiClient(baseUrl),
    random: systemRandom,
    discoveryUrl,
    remembered: before,
    remember: async (next) => void writes.push(next),
  });
  return { memory, changes, writes };
}

describe('setting the server up', () => {
  it('makes the administrator, the organization, its groups and its configuration on an empty server', async () => {
    const { memory, changes, writes } = await setUp(
      {
        'GET /api/status': answers.fresh,
        'POST /api/v1/admin/bootstrap': answers.bootstrap,
        'POST /api/v2/organizations': answers.organization,
        'GET /api/v1/groups': [],
        'POST /api/v1/groups': answers.engineering,
        'POST /api/v1/sso/oidc/config': answers.config,
      },
      undefined,
    );
    expect(changes).toEqual([
      { request: 'POST /api/v1/admin/bootstrap', body: { ...memory.admin, organization: 'Operators' } },
      { request: 'POST /api/v2/organizations', body: { name: 'Acme', slug: 'acme' } },
      { request: 'POST /api/v1/groups', body: { name: 'Engineering', role: 'member', organizationId: id } },
      { request: 'POST /api/v1/groups', body: { name: 'Admins', role: 'admin', organizationId: id } },
      {
        request: 'POST /api/v1/sso/oidc/config',
        body: {
          organizationId: id,
          configurationType: 'discoveryURL',
          discoveryURL: discoveryUrl,
          ...memory.practiceClient,
          isActive: true,
          allowedEmailDomains: 'acme.example',
          manageGroupMemberships: true,
        },
      },
    ]);
    expect(memory).toMatchObject({ apiToken: 'the token', organizationId: id });
    expect(writes.at(-1)).toEqual({ ...memory, discoveryUrl });
  });

  it('changes nothing when all is there', async () => {
    const { memory, changes } = await setUp(
      {
        'GET /api/status': answers.used,
        'GET /api/v1/groups': [answers.engineering, { ...answers.engineering, name: 'Admins', role: 'admin' }],
        'GET /api/v1/sso/oidc/config': answers.config,
      },
      remembered,
    );
    expect(changes).toEqual([]);
    expect(memory).toEqual(remembered);
  });

  it('goes on where a start was cut short, and leads to the practice provider where it is now', async () => {
    const formerUrl = 'http://127.0.0.1:9/.well-known/openid-configuration';
    const { changes, writes } = await setUp(
      {
        'GET /api/status': answers.used,
        'GET /api/v1/groups': [answers.engineering],
        'POST /api/v1/groups': answers.engineering,
        'GET /api/v1/sso/oidc/config': { ...answers.config, discoveryURL: formerUrl },
        'PATCH /api/v1/sso/oidc/config': answers.config,
      },
      { ...remembered, discoveryUrl: formerUrl },
    );
    expect(changes).toEqual([
      { request: 'POST /api/v1/groups', body: { name: 'Admins', role: 'admin', organizationId: id } },
      {
        request: 'PATCH /api/v1/sso/oidc/config',
        body: { organizationId: id, discoveryURL: discoveryUrl, clientSecret: 'the secret' },
      },
    ]);
    expect(writes).toEqual([remembered]);
  });

  it('leaves a configuration alone that leads to another provider by now', async () => {
    const { changes } = await setUp(
      {
        'GET /api/status': answers.used,
        'GET /api/v1/groups': [answers.engineering, { ...answers.engineering, name: 'Admins' }],
        'GET /api/v1/sso/oidc/config': {
          ...answers.config,
          discoveryURL: 'https://idp.acme.example/.well-known/openid-configuration',
        },
      },
      remembered,
    );
    expect(changes).toEqual([]);
  });

  it('refuses a server that has data when the credentials for it are gone', async () => {
    const refusal = setUp({ 'GET /api/status': answers.used }, undefined);
    await expect(refusal).rejects.toThrow(DemoProblem);
    await expect(refusal).rejects.toThrow('data/demo.json');
  });
});
