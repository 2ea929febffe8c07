import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { connectionTestsPerMinuteMax } from '../../src/contract/limits.ts';
import { addMember, addOrganization, withoutRequestId } from '../support/callers.ts';
import { stepOf, stepsThat, testConnection } from '../support/connection-test.ts';
import { engines } from '../support/databases.ts';
import { type FaultyIdp, startFaultyIdp } from '../support/faulty-idp.ts';
import { fixedClock } from '../support/faulty-idp-sign-in.ts';
import { configEvents, configUrl, storedConfig } from '../support/oidc-config-body.ts';
import { beginSignIn, openLoginScene } from '../support/login-scene.ts';
import { openBrowser } from '../support/browser-client.ts';
import { type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';

const clock = fixedClock(Date.now());

describe.each(engines)('a connection test (%s)', (engine) => {
  let server: TestServer;
  let boot: Bootstrapped;
  let organizationId: string;
  let idp: FaultyIdp;

  beforeAll(async () => {
    server = await startTestServer({ engine, clock });
    boot = await bootstrap(server);
    idp = await startFaultyIdp({ algorithm: 'ES256' });
  });
  beforeEach(async () => {
    organizationId = await addOrganization(server, boot);
  });
  afterAll(async () => {
    await idp.close();
    await server.close();
  });

  const proposal = () => ({
    configurationType: 'discoveryURL',
    discoveryURL: idp.discoveryUrl,
    clientId: idp.clientId,
    clientSecret: idp.clientSecret,
    jwtSignatureAlgorithm: 'ES256',
  });
  const store = async () => {
    const json = { organizationId, isActive: true, ...proposal() };
    await server.call(configUrl, { token: boot.token, json });
  };

  it('of a proposal stores nothing except an audit entry', async () => {
    const { status, headers, body } = await testConnection(server, boot.token, { organizationId, ...proposal() });
    expect([status, body.ok]).toEqual([200, true]);
    expect(headers.get('x-request-id')).toMatch(/^[\w-]{8,}$/);
    expect(await storedConfig(server, organizationId)).toBeUndefined();
    expect(await configEvents(server, organizationId)).toEqual([
      {
        type: 'oidc-config-test',
        actor: 'identity',
        metadata: { configId: null, isProposed: true, hosts: [new URL(idp.url).host], ok: true, failedSteps: [] },
      },
    ]);
  });

  it('of a change leaves the stored connection unchanged', async () => {
    await store();
    const before = await storedConfig(server, organizationId);
    const json = {
      organizationId,
      clientSecret: 'wrong',
      jwtSignatureAlgorithm: 'PS512',
      allowedEmailDomains: 'x.example',
    };
    const { body } = await testConnection(server, boot.token, json);
    expect(stepsThat(body, 'failed')).toEqual(['algorithms', 'keys', 'secret']);
    expect(await storedConfig(server, organizationId)).toEqual(before);
    const events = await configEvents(server, organizationId);
    expect(events.at(-1)).toMatchObject({
      type: 'oidc-config-test',
      metadata: { configId: before?.id, isProposed: true, ok: false, failedSteps: ['algorithms', 'keys', 'secret'] },
    });
  });

  it("requires the right to change the connection, of the caller's own organization", async () => {
    await store();
    const calls = idp.requests.length;
    const foreign = await addOrganization(server, boot);
    const { token } = await addMember(server, boot, { organizationId: foreign, role: 'admin' });
    const member = await addMember(server, boot, { organizationId, role: 'member' });
    const other = await testConnection(server, token, { organizationId, ...proposal() });
    const unknown = await testConnection(server, token, { organizationId: 'nobody', ...proposal() });
    expect([other.status, withoutRequestId(other)]).toEqual([404, withoutRequestId(unknown)]);
    const refused = await testConnection(server, member.token, { organizationId });
    expect([refused.status, refused.body.code]).toEqual([403, 'permission_denied']);
    expect((await server.call(`${configUrl}/test`, { json: { organizationId } })).status).toBe(401);
    expect(idp.requests.length).toBe(calls);
  });

  it('without a proposal needs a stored connection; a first proposal needs what POST needs', async () => {
    const nothing = await testConnection(server, boot.token, { organizationId });
    expect([nothing.status, nothing.body.code]).toEqual([404, 'oidc_config_not_found']);
    const short = await testConnection(server, boot.token, { organizationId, discoveryURL: idp.discoveryUrl });
    expect([short.status, short.body.details.map(({ path }: { path: string }) => path)]).toEqual([
      422,
      ['configurationType', 'clientId'],
    ]);
    const custom = await testConnection(server, boot.token, {
      organizationId,
      ...proposal(),
      configurationType: 'custom',
    });
    expect([custom.status, custom.body.details.length]).toEqual([422, 5]);
    const { clientSecret: _secret, ...rest } = proposal();
    const without = await testConnection(server, boot.token, { organizationId, ...rest });
    expect(stepOf(without.body, 'secret')).toMatchObject({
      outcome: 'skipped',
      message: expect.stringContaining('No client secret'),
    });
    expect(without.body.ok).toBe(true);
  });

  it('is limited per minute and organization', async () => {
    await store();
    for (let times = 0; times < connectionTestsPerMinuteMax; times += 1) {
      expect((await testConnection(server, boot.token, { organizationId })).status).toBe(200);
    }
    const limited = await testConnection(server, boot.token, { organizationId });
    expect([limited.status, limited.body.code]).toEqual([429, 'connection_tests_limited']);
    expect(limited.headers.get('retry-after')).toBe('60');
    const other = await addOrganization(server, boot);
    expect((await testConnection(server, boot.token, { organizationId: other, ...proposal() })).status).toBe(200);
    clock.advance(60_000);
    expect((await testConnection(server, boot.token, { organizationId })).status).toBe(200);
  });
});

describe.each(engines)('what sign-ins cache of a provider (%s)', (engine) => {
  it('is neither changed nor used by a test', async () => {
    const scene = await openLoginScene(engine);
    const organization = await scene.addOrganization();
    await beginSignIn(scene, { organization, browser: openBrowser() });
    const known = organization.idp.count('discovery');
    organization.idp.mutate({ discovery: () => ({ issuer: 'https://other.example' }) });
    const { body } = await testConnection(scene.server, scene.boot.token, { organizationId: organization.id });
    expect(stepsThat(body, 'failed')).toContain('issuer');
    expect(organization.idp.count('discovery')).toBe(known + 1);
    await beginSignIn(scene, { organization, browser: openBrowser() });
    expect(organization.idp.count('discovery')).toBe(known + 1);
    await scene.close();
  });
});
