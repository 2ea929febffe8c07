import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { apiRoutes } from '../../src/contract/api.ts';
import { version } from '../../src/contract/version.ts';
import { describeApi } from '../../src/http/openapi.ts';
import { engines } from '../support/databases.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const bootstrapUrl = '/api/v1/admin/bootstrap';
const first = { email: 'admin@acme.example', password: 'correct horse battery', organization: 'Acme' };

describe.each(engines)('a new server (%s)', (engine) => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer({ engine });
  });
  afterAll(async () => {
    await server.close();
  });

  it('reports that it runs, is ready and is not set up', async () => {
    for (const path of ['/api/status', '/api/ready', '/api/ready/']) {
      const { status, body } = await server.call(path);
      expect([status, body]).toEqual([
        200,
        { date: expect.stringMatching(/^\d{4}-.*Z$/), message: 'Ok', version, isBootstrapped: false },
      ]);
    }
  });

  it.each([
    [{ ...first, email: 'no address' }, 'email'],
    [{ ...first, password: 'short' }, 'password'],
    [{ ...first, organization: ' ' }, 'organization'],
    [{ ...first, organization: undefined }, 'organization'],
  ])('is not set up with %j', async (json, path) => {
    const { status, body } = await server.call(bootstrapUrl, { json });
    expect([status, body.details[0].path]).toEqual([422, path]);
    expect((await server.call('/api/status')).body.isBootstrapped).toBe(false);
  });

  it('is set up once, by one of many concurrent requests', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => server.call(bootstrapUrl, { json: first })));
    const made = answers.filter(({ status }) => status === 200);
    expect(made).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'already_bootstrapped' && body.statusCode === 400)).toHaveLength(
      3,
    );
    expect(made[0]?.body).toEqual({
      message: expect.any(String),
      identity: { id: expect.any(String), name: expect.any(String), credentials: { token: expect.any(String) } },
      organization: { id: expect.any(String), name: 'Acme', slug: 'acme' },
      user: {
        id: expect.any(String),
        email: first.email,
        username: first.email,
        firstName: 'admin',
        lastName: '',
        superAdmin: true,
      },
    });
    expect((await server.call('/api/status')).body.isBootstrapped).toBe(true);
    expect((await server.call(bootstrapUrl, { json: { ...first, email: 'b@acme.example' } })).status).toBe(400);
    const organizations = await server.database.db.selectFrom('organizations').select('name').execute();
    expect(organizations).toEqual([{ name: 'Acme' }]);
  });

  it('answers unknown paths of the documentation like any other unknown path', async () => {
    const unknown = await server.call('/api/docs/static/../../../package.json');
    expect([unknown.status, unknown.body.code]).toEqual([404, 'route_not_found']);
    const page = await server.call('/api/docs/');
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
  });

  it('publishes a document of exactly its endpoints', async () => {
    const { status, body } = await server.call('/api/docs/json');
    expect(status).toBe(200);
    expect(body).toEqual(JSON.parse(JSON.stringify(describeApi(apiRoutes, version))));
    expect((await server.call('/api/docs/yaml')).text).toMatch(/^openapi: 3\.1\.0$/m);
    expect((await server.call('/api/docs')).status).toBeLessThan(400);
    for (const route of apiRoutes) {
      const answer = await server.call(route.url.replaceAll(/:\w+/g, 'x'), { method: route.method });
      expect([route.operationId, answer.body?.code]).not.toEqual([route.operationId, 'route_not_found']);
      if (route.access !== 'public') expect([route.operationId, answer.status]).toEqual([route.operationId, 401]);
    }
  });

  it('answers unknown paths with JSON', async () => {
    const answer = await server.call('/api/v1/nothing');
    expect(answer).toMatchObject({ status: 404, body: { error: 'NotFound', code: 'route_not_found' } });
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe.each(engines)('a server without its database (%s)', (engine) => {
  it('reports that it is not ready', async () => {
    const server = await startTestServer({ engine });
    try {
      await server.database.close();
      const { status, body } = await server.call('/api/ready');
      expect([status, body.error]).toEqual([503, 'ServiceUnavailable']);
    } finally {
      await server.close();
    }
  });
});
