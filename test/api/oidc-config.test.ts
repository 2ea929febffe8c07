import { beforeEach, describe, expect, it } from 'vitest';

import { addOrganization } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { configEvents, configUrl, customConfig, discoveryConfig, storedConfig } from '../support/oidc-config-body.ts';
import { useServer } from '../support/server.ts';

const documentedKeys = [
  'allowedEmailDomains',
  'authorizationEndpoint',
  'configurationType',
  'discoveryURL',
  'id',
  'isActive',
  'issuer',
  'jwksUri',
  'jwtSignatureAlgorithm',
  'manageGroupMemberships',
  'orgId',
  'tokenEndpoint',
  'userinfoEndpoint',
];
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

describe.each(engines)("an organization's OIDC configuration (%s)", (engine) => {
  let organizationId: string;

  const { server, boot } = useServer({ engine });
  beforeEach(async () => {
    organizationId = await addOrganization(server, boot);
  });

  const create = async (json: unknown) => server.call(configUrl, { token: boot.token, json });
  const read = async () => server.call(`${configUrl}?organizationId=${organizationId}`, { token: boot.token });
  const remove = async () =>
    server.call(`${configUrl}?organizationId=${organizationId}`, { token: boot.token, method: 'DELETE' });

  it('is created by the documented request and returned with exactly the documented fields', async () => {
    const { clientId: _clientId, clientSecret: _secret, organizationId: orgId, ...rest } = customConfig(organizationId);
    const { status, body, headers } = await create(customConfig(organizationId));
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(Object.keys(body).toSorted()).toEqual(documentedKeys);
    expect(body).toEqual({ ...rest, orgId, id: expect.stringMatching(uuid) });
  });

  it('has the documented defaults for missing fields', async () => {
    const { status, body } = await create(discoveryConfig(organizationId));
    expect(status).toBe(200);
    expect(body).toEqual({
      id: expect.stringMatching(uuid),
      orgId: organizationId,
      configurationType: 'discoveryURL',
      discoveryURL: 'https://idp.acme.example',
      isActive: true,
      issuer: '',
      authorizationEndpoint: '',
      jwksUri: '',
      tokenEndpoint: '',
      userinfoEndpoint: '',
      allowedEmailDomains: '',
      manageGroupMemberships: false,
      jwtSignatureAlgorithm: 'RS256',
    });
  });

  it.each(['RS256', 'HS256', 'RS512', 'EdDSA', 'RS384', 'ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512'])(
    'accepts the algorithm %s',
    async (jwtSignatureAlgorithm) => {
      const { status, body } = await create({ ...discoveryConfig(organizationId), jwtSignatureAlgorithm });
      expect([status, body.jwtSignatureAlgorithm]).toEqual([200, jwtSignatureAlgorithm]);
    },
  );

  it('H221: trims strings and drops unknown fields', async () => {
    const padded = {
      ...discoveryConfig(organizationId),
      organizationId: ` ${organizationId}\n`,
      discoveryURL: '\t https://idp.acme.example \n',
      clientId: '  sallyport ',
    };
    const answer = await create({ ...padded, id: 'mine', revision: 9, orgId: 'x', last_sign_in_at: 1, isAdmin: true });
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.body).toSorted()).toEqual(documentedKeys);
    const shown = await read();
    expect(shown.body).toMatchObject({ clientId: 'sallyport', discoveryURL: 'https://idp.acme.example' });
    expect(shown.body.id).toBe(answer.body.id);
    expect(answer.body.id).toMatch(uuid);
    expect(await storedConfig(server, organizationId)).toMatchObject({ revision: 1, last_sign_in_at: null });
  });

  it('H229: is read with the client id and a mask instead of the secret', async () => {
    const { body } = await create(customConfig(organizationId));
    const shown = await read();
    expect(shown.status).toBe(200);
    expect(shown.body).toEqual({ ...body, clientId: 'sallyport', clientSecret: '********' });
  });

  it('has the same endpoints with a trailing slash', async () => {
    const token = boot.token;
    const made = await server.call(`${configUrl}/`, { token, json: discoveryConfig(organizationId) });
    const shown = await server.call(`${configUrl}/?organizationId=${organizationId}`, { token });
    const changed = await server.call(`${configUrl}/`, { token, method: 'PATCH', json: { organizationId } });
    const url = `${configUrl}/?organizationId=${organizationId}`;
    const removed = await server.call(url, { token, method: 'DELETE' });
    expect([made, shown, changed, removed].map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  it('exists once: a second POST is a conflict that changes nothing', async () => {
    await create(customConfig(organizationId));
    const before = await storedConfig(server, organizationId);
    const second = await create(discoveryConfig(organizationId));
    expect(second).toMatchObject({ status: 409, body: { error: 'Conflict', code: 'oidc_config_exists' } });
    expect(await storedConfig(server, organizationId)).toEqual(before);
  });

  it('H233: exists once after many concurrent POSTs', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => create(customConfig(organizationId))));
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([200, 409, 409, 409, 409, 409, 409, 409]);
    expect((await configEvents(server, organizationId)).map(({ type }) => type)).toEqual(['oidc-config-create']);
  });

  it('answers 404 to every request while it does not exist', async () => {
    const json = { organizationId, isActive: false };
    const change = await server.call(configUrl, { token: boot.token, method: 'PATCH', json });
    for (const { status, body } of [await read(), change, await remove()]) {
      expect([status, body.error, body.code]).toEqual([404, 'NotFound', 'oidc_config_not_found']);
    }
    expect(await configEvents(server, organizationId)).toEqual([]);
  });

  it('is deleted with the response of POST, and can be created again', async () => {
    const { body } = await create(customConfig(organizationId));
    const removed = await remove();
    expect([removed.status, removed.body]).toEqual([200, body]);
    expect((await read()).status).toBe(404);
    expect((await create(customConfig(organizationId))).status).toBe(200);
  });

  it('cannot be deleted while the organization enforces single sign-on', async () => {
    await create(customConfig(organizationId));
    await enforce(1);
    expect(await remove()).toMatchObject({ status: 409, body: { error: 'Conflict', code: 'oidc_config_enforced' } });
    expect((await read()).status).toBe(200);
    await enforce(0);
    expect((await remove()).status).toBe(200);
  });

  async function enforce(auth_enforced: 0 | 1): Promise<void> {
    await server.database.transaction(async (tx) => {
      await tx.updateTable('organizations').set({ auth_enforced }).where('id', '=', organizationId).execute();
    });
  }

  it('keeps the enforcement when it is changed', async () => {
    await create(customConfig(organizationId));
    await enforce(1);
    const json = { organizationId, isActive: false };
    expect((await server.call(configUrl, { token: boot.token, method: 'PATCH', json })).status).toBe(200);
    const query = server.database.db.selectFrom('organizations').select('auth_enforced');
    expect(await query.where('id', '=', organizationId).executeTakeFirst()).toEqual({ auth_enforced: 1 });
  });

  it('H229, H230: has one audit entry for each change and each read, without a secret', async () => {
    const { body } = await create(customConfig(organizationId));
    await read();
    const json = { organizationId, isActive: false, clientSecret: 'a rotated client secret' };
    await server.call(configUrl, { token: boot.token, method: 'PATCH', json });
    await remove();
    const events = await configEvents(server, organizationId);
    expect(events).toEqual([
      {
        type: 'oidc-config-create',
        actor: 'identity',
        metadata: { configId: body.id, configurationType: 'custom', isActive: true },
      },
      { type: 'oidc-config-read', actor: 'identity', metadata: { configId: body.id } },
      {
        type: 'oidc-config-update',
        actor: 'identity',
        metadata: { configId: body.id, changedFields: ['isActive', 'clientSecret'], isActive: false },
      },
      { type: 'oidc-config-delete', actor: 'identity', metadata: { configId: body.id, endedSessions: 0 } },
    ]);
    expect(JSON.stringify(events)).not.toMatch(/client secret/);
  });

  it('has no audit entry for a rejected change', async () => {
    await create({ ...customConfig(organizationId), isActive: 'true' });
    await create({ ...customConfig(organizationId), issuer: 'http://10.0.0.1' });
    expect(await configEvents(server, organizationId)).toEqual([]);
    expect(await storedConfig(server, organizationId)).toBeUndefined();
  });
});
