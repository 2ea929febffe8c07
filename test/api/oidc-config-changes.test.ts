import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { addOrganization } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { configEvents, configUrl, customConfig, storedConfig } from '../support/oidc-config-body.ts';
import { type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';

describe.each(engines)('a change of an OIDC configuration (%s)', (engine) => {
  let server: TestServer;
  let boot: Bootstrapped;
  let organizationId: string;
  let etag: string;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    boot = await bootstrap(server);
  });
  beforeEach(async () => {
    organizationId = await addOrganization(server, boot);
    const made = await server.call(configUrl, { token: boot.token, json: customConfig(organizationId) });
    etag = made.headers.get('etag') ?? '';
  });
  afterAll(async () => {
    await server.close();
  });

  const patch = async (change: object, headers: Record<string, string> = {}) =>
    server.call(configUrl, { token: boot.token, method: 'PATCH', json: { organizationId, ...change }, headers });
  const read = async () => server.call(`${configUrl}?organizationId=${organizationId}`, { token: boot.token });
  const remove = async (headers: Record<string, string>) =>
    server.call(`${configUrl}?organizationId=${organizationId}`, { token: boot.token, method: 'DELETE', headers });

  it('keeps every field that it does not name', async () => {
    const { body: before } = await read();
    const unchanged = await patch({});
    expect(unchanged.status).toBe(200);
    const { clientId: _clientId, clientSecret: _secret, ...shown } = before;
    expect(unchanged.body).toEqual(shown);
    expect((await patch({ isActive: false })).body).toEqual({ ...shown, isActive: false });
    expect((await read()).body).toEqual({ ...before, isActive: false });
  });

  it.each([
    ['clientId', 'another client'],
    ['isActive', false],
    ['allowedEmailDomains', ''],
    ['manageGroupMemberships', true],
    ['jwtSignatureAlgorithm', 'ES256'],
    ['authorizationEndpoint', 'https://idp.acme.example/other'],
    ['jwksUri', 'https://keys.acme.example/jwks'],
    ['userinfoEndpoint', 'https://idp.acme.example/me'],
  ])('sets %s alone, without the secret', async (field, value) => {
    const { body: before } = await read();
    expect((await patch({ [field]: value })).status).toBe(200);
    expect((await read()).body).toEqual({ ...before, [field]: value });
    const [, , update] = await configEvents(server, organizationId);
    expect(update?.metadata).toMatchObject({ changedFields: [field] });
  });

  it('accepts what GET returned, and keeps the secret', async () => {
    const { body } = await read();
    const before = await storedConfig(server, organizationId);
    const { status } = await patch(body);
    expect(status).toBe(200);
    const after = await storedConfig(server, organizationId);
    expect(after?.sealed_client_secret).toBe(before?.sealed_client_secret);
    expect((await read()).body).toEqual(body);
  });

  it('H254: must leave a configuration that POST would accept', async () => {
    const toDiscovery = await patch({ configurationType: 'discoveryURL', clientSecret: 'fresh' });
    expect([toDiscovery.status, toDiscovery.body.details[0].path]).toEqual([422, 'discoveryURL']);
    const cleared = await patch({ jwksUri: '', userinfoEndpoint: '' });
    const paths = cleared.body.details.map(({ path }: { path: string }) => path);
    expect([cleared.status, paths]).toEqual([422, ['jwksUri', 'userinfoEndpoint']]);
    const discoveryURL = 'https://idp.acme.example/.well-known/openid-configuration';
    const moved = await patch({ configurationType: 'discoveryURL', discoveryURL, issuer: '', clientSecret: 'fresh' });
    expect(moved).toMatchObject({ status: 200, body: { configurationType: 'discoveryURL', discoveryURL, issuer: '' } });
  });

  it.each([
    ['issuer', 'https://idp.evil.example'],
    ['issuer', 'https://idp.acme.example/'],
    ['tokenEndpoint', 'https://idp.evil.example/token'],
    ['tokenEndpoint', 'https://idp.acme.example/token2'],
    ['tokenEndpoint', 'http://localhost/token'],
    ['discoveryURL', 'https://idp.evil.example'],
  ])('H182: that sends the secret elsewhere (%s: %s) requires the secret', async (field, url) => {
    const before = await storedConfig(server, organizationId);
    for (const secret of [{}, { clientSecret: '********' }, { clientSecret: ' ******** ' }]) {
      const refused = await patch({ [field]: url, ...secret });
      expect(refused).toMatchObject({ status: 422, body: { error: 'ValidationFailure' } });
      expect(refused.body.details).toEqual([expect.objectContaining({ path: 'clientSecret', code: 'required' })]);
    }
    expect(await storedConfig(server, organizationId)).toEqual(before);
    const moved = await patch({ [field]: url, clientSecret: 'entered again' });
    expect(moved).toMatchObject({ status: 200, body: { [field]: url } });
  });

  it('H182: resets the proof of a sign-in if the proof no longer holds', async () => {
    const signedIn = async () => {
      await server.database.transaction(async (tx) => {
        const change = tx.updateTable('connections').set({ last_sign_in_at: 1 });
        await change.where('organization_id', '=', organizationId).execute();
      });
    };
    await signedIn();
    await patch({ manageGroupMemberships: true, allowedEmailDomains: 'b.example' });
    expect(await storedConfig(server, organizationId)).toMatchObject({ last_sign_in_at: 1 });
    await patch({ jwtSignatureAlgorithm: 'ES256' });
    expect(await storedConfig(server, organizationId)).toMatchObject({ last_sign_in_at: null });
  });

  it('changes the entity tag each time, with the same tag on POST, GET and PATCH', async () => {
    expect(etag).toMatch(/^"[^"]+"$/);
    expect((await read()).headers.get('etag')).toBe(etag);
    const next = (await patch({ isActive: false })).headers.get('etag');
    expect(next).not.toBe(etag);
    expect((await read()).headers.get('etag')).toBe(next);
  });

  it('is rejected if If-Match names an older state', async () => {
    const first = await patch({ isActive: false }, { 'if-match': etag });
    expect(first.status).toBe(200);
    for (const answer of [await patch({ isActive: true }, { 'if-match': etag }), await remove({ 'if-match': etag })]) {
      expect(answer).toMatchObject({ status: 412, body: { error: 'PreconditionFailed', code: 'precondition_failed' } });
    }
    expect((await read()).body.isActive).toBe(false);
    const current = first.headers.get('etag') ?? '';
    expect((await patch({ isActive: true }, { 'if-match': `"other", ${current}` })).status).toBe(200);
    expect((await remove({ 'if-match': '*' })).status).toBe(200);
  });

  it('H253: succeeds once among admins who read the same state', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) => patch({ clientId: `client ${index}` }, { 'if-match': etag })),
    );
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([200, 412, 412, 412, 412, 412]);
    const updates = (await configEvents(server, organizationId)).filter(({ type }) => type === 'oidc-config-update');
    expect(updates).toHaveLength(1);
  });

  it('does not match the tag of a configuration that was deleted and created again', async () => {
    await remove({});
    await server.call(configUrl, { token: boot.token, json: customConfig(organizationId) });
    expect((await patch({ isActive: false }, { 'if-match': etag })).status).toBe(412);
  });
});
