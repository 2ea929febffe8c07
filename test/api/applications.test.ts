import { generateKeyPairSync, randomUUID } from 'node:crypto';

import { beforeAll, describe, expect, it } from 'vitest';

import type { Application } from '../../src/contract/applications.ts';
import { sha256Hex } from '../../src/kernel/digest.ts';
import { addMember, addOrganization, type Person } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { type Answer, useServer } from '../support/server.ts';
import { readEverything } from '../support/stored-rows.ts';

const url = '/api/v1/applications';
const callback = 'https://app.example/callback';

describe.each(engines)('the registry of applications (%s)', (engine) => {
  const { server, boot } = useServer({ engine });
  let acme: string;
  let admin: Person;

  beforeAll(async () => {
    acme = await addOrganization(server, boot);
    admin = await addMember(server, boot, { organizationId: acme, role: 'admin' });
  });

  const create = async (json: object, token = boot.token) => server.call(url, { token, json });
  const created = async (json: object = {}, token = boot.token) => {
    const answer = await create({ name: 'Wiki', redirectUris: [callback], ...json }, token);
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.body as { application: Application; clientSecret?: string };
  };
  const at = ({ id }: { id: string }) => `${url}/${id}`;
  const pathsOf = ({ body }: Answer) => body.details.map(({ path }: { path: string }) => path);

  it('creates a web application with the defaults of its kind, and shows its secret once', async () => {
    const { application, clientSecret } = await created();
    expect(application).toMatchObject({
      name: 'Wiki',
      kind: 'web',
      redirectUris: [callback],
      tokenEndpointAuthMethod: 'client_secret_basic',
      idTokenSignedResponseAlg: 'RS256',
      organizations: 'all',
      organizationIds: [],
      groups: null,
      groupsClaim: 'names',
      refreshTokens: 'session',
      pkce: 'required',
      requireConsent: false,
      deviceGrant: false,
    });
    expect(application).not.toHaveProperty('organizationId');
    expect(application).not.toHaveProperty('backchannelLogoutUri');
    expect(application.secrets).toMatchObject([{ lastFour: clientSecret?.slice(-4), expiresAt: null }]);
    const read = await server.call(at(application), { token: boot.token });
    expect(read.body.application).toEqual(application);
    expect(read.text).not.toContain(clientSecret);
    const rows = JSON.stringify([...(await readEverything(server.database))]);
    expect(rows).toContain(sha256Hex(clientSecret ?? ''));
    expect(rows).not.toContain(clientSecret);
  });

  it.each([
    ['native', { redirectUris: ['http://127.0.0.1/callback', 'com.example.app:/callback'] }, 'none'],
    ['spa', { redirectUris: ['http://localhost:5173/callback'] }, 'none'],
    ['machine', { redirectUris: [] }, 'client_secret_basic'],
  ] as const)('creates an application of the kind %s', async (kind, json, method) => {
    const { application, clientSecret } = await created({ kind, ...json });
    expect(application).toMatchObject({ kind, tokenEndpointAuthMethod: method });
    expect(typeof clientSecret).toBe(method === 'none' ? 'undefined' : 'string');
  });

  it('changes only the named fields, removes a URI with null, and audits the names of the changed fields', async () => {
    const logout = 'https://app.example/logout';
    const { application } = await created({ backchannelLogoutUri: logout });
    const change = { name: 'Handbook', backchannelLogoutUri: null, groups: ['staff'] };
    const changed = await server.call(at(application), { method: 'PATCH', token: boot.token, json: change });
    const { backchannelLogoutUri: _gone, ...kept } = application;
    const expected = { ...kept, name: 'Handbook', groups: ['staff'], updatedAt: expect.any(String) };
    expect(changed.body.application).toEqual(expected);
    const { events } = await lastEvent();
    expect(events).toMatchObject({
      type: 'application-update',
      changedFields: ['name', 'backchannelLogoutUri', 'groups'],
    });
  });

  it('does not change or audit anything if no field differs', async () => {
    const { application } = await created();
    const before = await readEverything(server.database);
    const same = { name: 'Wiki', kind: 'web', redirectUris: [callback], backchannelLogoutUri: null };
    const answer = await server.call(at(application), { method: 'PATCH', token: boot.token, json: same });
    expect(answer.body.application).toEqual(application);
    expect(await readEverything(server.database)).toEqual(before);
  });

  it('rejects a change or a deletion that is based on an older state', async () => {
    const { application } = await created();
    const tag = (await server.call(at(application), { token: boot.token })).headers.get('etag') ?? '';
    const change = (json: object, ifMatch: string) =>
      server.call(at(application), { method: 'PATCH', token: boot.token, json, headers: { 'if-match': ifMatch } });
    const first = await change({ name: 'First' }, tag);
    expect(first.status).toBe(200);
    expect(first.headers.get('etag')).not.toBe(tag);
    expect(await change({ name: 'Second' }, tag)).toMatchObject({ status: 412, body: { code: 'precondition_failed' } });
    const stale = { method: 'DELETE', token: boot.token, headers: { 'if-match': tag } };
    expect((await server.call(at(application), stale)).status).toBe(412);
    const current = { ...stale, headers: { 'if-match': first.headers.get('etag') ?? '' } };
    expect((await server.call(at(application), current)).status).toBe(200);
    expect((await server.call(at(application), { token: boot.token })).status).toBe(404);
  });

  it.each<[string, object, string[]]>([
    ['no redirect URI', { redirectUris: [] }, ['redirectUris']],
    ['an http redirect URI', { redirectUris: ['http://app.example/cb'] }, ['redirectUris.0']],
    ['a fragment', { redirectUris: [`${callback}#x`] }, ['redirectUris.0']],
    ['an empty fragment', { redirectUris: [`${callback}#`] }, ['redirectUris.0']],
    ['a wildcard', { redirectUris: ['https://*.app.example/cb'] }, ['redirectUris.0']],
    ['a user name', { redirectUris: ['https://me@app.example/cb'] }, ['redirectUris.0']],
    ['an empty user name', { redirectUris: ['https://@app.example/cb'] }, ['redirectUris.0']],
    ['a javascript URI', { redirectUris: ['javascript:alert(1)'] }, ['redirectUris.0']],
    ['a data URI', { redirectUris: ['data:text/html,x'] }, ['redirectUris.0']],
    ['a backslash', { redirectUris: ['https:\\\\app.example/cb'] }, ['redirectUris.0']],
    ['a path with ..', { redirectUris: ['https://app.example/a/../cb'] }, ['redirectUris.0']],
    ['a relative URI', { redirectUris: ['/callback'] }, ['redirectUris.0']],
    ['a host name that is not ASCII', { redirectUris: ['https://bücher.example/cb'] }, ['redirectUris.0']],
    ['a broken escape', { redirectUris: ['https://app.example/%zz'] }, ['redirectUris.0']],
    ['one URI twice', { redirectUris: [callback, callback] }, ['redirectUris.1']],
    ['a private scheme for a web application', { redirectUris: ['com.example.app:/cb'] }, ['redirectUris.0']],
    ['a scheme without a dot', { kind: 'native', redirectUris: ['myapp:/cb'] }, ['redirectUris.0']],
    [
      'localhost for a native application',
      { kind: 'native', redirectUris: ['http://localhost/cb'] },
      ['redirectUris.0'],
    ],
    ['redirect URIs of a machine', { kind: 'machine' }, ['redirectUris.0']],
    ['a bad post-logout URI', { postLogoutRedirectUris: ['http://app.example/bye'] }, ['postLogoutRedirectUris.0']],
    ['an http logout URI', { backchannelLogoutUri: 'http://app.example/logout' }, ['backchannelLogoutUri']],
    [
      'a secret for a public client',
      { kind: 'spa', tokenEndpointAuthMethod: 'client_secret_post' },
      ['tokenEndpointAuthMethod'],
    ],
    ['a confidential client without authentication', { tokenEndpointAuthMethod: 'none' }, ['tokenEndpointAuthMethod']],
    ['private_key_jwt without keys', { tokenEndpointAuthMethod: 'private_key_jwt' }, ['jwks']],
    ['keys that nothing uses', { jwksUri: 'https://app.example/jwks' }, ['jwksUri']],
    ['optional PKCE for a public client', { kind: 'spa', pkce: 'optional' }, ['pkce']],
    ['the device grant for a single-page application', { kind: 'spa', deviceGrant: true }, ['deviceGrant']],
    ['listed organizations that nothing uses', { organizationIds: [randomUUID()] }, ['organizationIds']],
    ['an unknown organization', { organizations: 'listed', organizationIds: [randomUUID()] }, ['organizationIds.0']],
    ['an API with a fragment', { resources: ['https://api.example/#a'] }, ['resources.0']],
  ])('rejects %s, names the field and stores nothing', async (_what, json, paths) => {
    const before = await readEverything(server.database);
    const answer = await create({ name: 'Wiki', redirectUris: [callback], ...json });
    expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    expect(pathsOf(answer)).toEqual(paths);
    expect(await readEverything(server.database)).toEqual(before);
  });

  it('rejects an API whose identifier is an address of this server', async () => {
    const answer = await create({ name: 'Wiki', redirectUris: [callback], resources: [`${server.url}/api`] });
    expect(pathsOf(answer)).toEqual(['resources.0']);
  });

  describe('public keys for private_key_jwt', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
    const withKeys = (...keys: object[]) =>
      create({ name: 'Wiki', redirectUris: [callback], tokenEndpointAuthMethod: 'private_key_jwt', jwks: { keys } });

    it('are stored and shown', async () => {
      const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig' };
      const answer = await withKeys(jwk);
      expect(answer.body).toMatchObject({ application: { jwks: { keys: [jwk] }, secrets: [] } });
      expect(answer.body).not.toHaveProperty('clientSecret');
    });

    it.each([
      ['a private key', privateKey.export({ format: 'jwk' })],
      ['a symmetric key', { kty: 'oct', k: 'c2VjcmV0' }],
      ['a short RSA key', weak.export({ format: 'jwk' })],
      ['an encryption key', { ...publicKey.export({ format: 'jwk' }), use: 'enc' }],
      ['no key', { kty: 'EC' }],
    ])('are rejected: %s', async (_what, jwk) => {
      const answer = await withKeys(jwk);
      expect(answer.status).toBe(422);
      expect(pathsOf(answer)).toEqual(['jwks.keys.0']);
    });
  });

  it('rejects an address that the server may not call, with the setting that allows it', async () => {
    const answer = await create({
      name: 'Wiki',
      redirectUris: [callback],
      backchannelLogoutUri: 'https://10.0.0.1/out',
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'outbound_url_refused' } });
    expect(answer.text).toContain('SALLYPORT_OUTBOUND_ALLOW');
  });

  it("keeps an organization's applications to its admins, and the operator's to instance admins", async () => {
    const own = await created({ organizationId: acme }, admin.token);
    const operators = await created();
    const other = await addMember(server, boot, { organizationId: await addOrganization(server, boot), role: 'admin' });
    for (const [application, token] of [
      [own.application, other.token],
      [operators.application, admin.token],
    ] as const) {
      const unknown = await server.call(`${url}/${randomUUID()}`, { token });
      for (const method of ['GET', 'PATCH', 'DELETE']) {
        const json = method === 'PATCH' ? { json: { name: 'Taken over' } } : {};
        const answer = await server.call(at(application), { method, token, ...json });
        expect(answer).toMatchObject({ status: 404, body: { message: unknown.body.message } });
      }
      const secret = await server.call(`${at(application)}/secrets`, { token, json: {} });
      expect(secret.status).toBe(404);
    }
    const denied = await create({ name: 'Wiki', redirectUris: [callback] }, admin.token);
    expect(denied).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
    const foreign = await create({ name: 'Wiki', redirectUris: [callback], organizationId: acme }, other.token);
    expect(foreign).toMatchObject({ status: 404, body: { code: 'organization_not_found' } });
  });

  it('lets an application of an organization list no other organization', async () => {
    const json = { organizationId: acme, organizations: 'listed', organizationIds: [acme] };
    const answer = await create({ name: 'Wiki', redirectUris: [callback], ...json });
    expect(pathsOf(answer)).toEqual(['organizations']);
  });

  it('lists in pages by name, and finds part of a name', async () => {
    const place = await addOrganization(server, boot);
    for (const name of ['Chat', 'Builds', 'A wiki 50%', 'a Wiki']) await created({ name, organizationId: place });
    const list = async (query: string) => {
      const { body } = await server.call(`${url}?organizationId=${place}&${query}`, { token: boot.token });
      return [body.applications.map(({ name }: { name: string }) => name), body.totalCount];
    };
    expect(await list('')).toEqual([['A wiki 50%', 'Builds', 'Chat', 'a Wiki'], 4]);
    expect(await list('offset=1&limit=2')).toEqual([['Builds', 'Chat'], 4]);
    expect(await list('search=WIKI')).toEqual([['A wiki 50%', 'a Wiki'], 2]);
    expect(await list('search=50%25')).toEqual([['A wiki 50%'], 1]);
    const everything = await server.call(url, { token: boot.token });
    expect(everything.body.totalCount).toBeGreaterThan(4);
  });

  it('rotates a secret: two are valid at the same time, and a third is refused', async () => {
    const { application } = await created();
    const secrets = `${at(application)}/secrets`;
    const second = await server.call(secrets, { token: boot.token, json: { expiresAt: '2100-01-01' } });
    expect(second.body).toMatchObject({
      secret: { lastFour: second.body.clientSecret.slice(-4), expiresAt: '2100-01-01T23:59:59.999Z' },
    });
    const third = await server.call(secrets, { token: boot.token, json: {} });
    expect(third).toMatchObject({ status: 400, body: { code: 'limit_reached' } });
    const [first] = application.secrets;
    const removed = await server.call(`${secrets}/${first?.id}`, { method: 'DELETE', token: boot.token });
    expect(removed.body.secret).toEqual(first);
    const again = await server.call(`${secrets}/${first?.id}`, { method: 'DELETE', token: boot.token });
    expect(again).toMatchObject({ status: 404, body: { code: 'application_secret_not_found' } });
    const left = await server.call(at(application), { token: boot.token });
    expect(left.body.application.secrets).toEqual([second.body.secret]);
  });

  it.each(['2001-01-01', 'tomorrow'])('rejects a secret that expires at %s', async (expiresAt) => {
    const { application } = await created();
    const answer = await server.call(`${at(application)}/secrets`, { token: boot.token, json: { expiresAt } });
    expect(pathsOf(answer)).toEqual(['expiresAt']);
  });

  it('gives a public client no secret', async () => {
    const { application } = await created({ kind: 'spa' });
    const answer = await server.call(`${at(application)}/secrets`, { token: boot.token, json: {} });
    expect(answer).toMatchObject({ status: 409, body: { code: 'application_secret_unused' } });
  });

  it('deletes the secrets of an application that changes to private_key_jwt', async () => {
    const { application } = await created();
    const jwk = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
    const json = { tokenEndpointAuthMethod: 'private_key_jwt', jwks: { keys: [jwk] } };
    const changed = await server.call(at(application), { method: 'PATCH', token: boot.token, json });
    expect(changed.body.application.secrets).toEqual([]);
    const back = { tokenEndpointAuthMethod: 'client_secret_post', jwks: null };
    const returned = await server.call(at(application), { method: 'PATCH', token: boot.token, json: back });
    expect(returned.body.application.secrets).toEqual([]);
  });

  it('does not change the kind or the owner of an application', async () => {
    const { application } = await created();
    const answer = await server.call(at(application), { method: 'PATCH', token: boot.token, json: { kind: 'spa' } });
    expect(pathsOf(answer)).toEqual(['kind']);
    const json = { organizationId: acme };
    const moved = await server.call(at(application), { method: 'PATCH', token: boot.token, json });
    expect(pathsOf(moved)).toEqual(['organizationId']);
  });

  it('lets one application of an owner offer an API', async () => {
    const resources = [`https://${randomUUID()}.example/api`];
    const { application } = await created({ resources });
    const taken = await create({ name: 'Copy', redirectUris: [callback], resources });
    expect(taken).toMatchObject({ status: 409, body: { code: 'resource_taken', details: [{ path: 'resources.0' }] } });
    // Another owner may use the identifier for its own members.
    expect((await created({ organizationId: acme, resources })).application.resources).toEqual(resources);
    await server.call(at(application), { method: 'PATCH', token: boot.token, json: { resources: [] } });
    await created({ resources });
  });

  it('deletes the applications of a deleted organization, and removes it from the lists of others', async () => {
    const place = await addOrganization(server, boot);
    const own = await created({ organizationId: place });
    const shared = await created({ organizations: 'listed', organizationIds: [place, acme] });
    const slug = (await server.call(`/api/v1/organization/${place}`, { token: boot.token })).body.organization.slug;
    const path = `/api/v2/organizations/${place}?confirm=${slug}`;
    const deleted = await server.call(path, { method: 'DELETE', token: boot.token });
    expect(deleted.status).toBe(200);
    expect((await server.call(at(own.application), { token: boot.token })).status).toBe(404);
    const left = await server.call(at(shared.application), { token: boot.token });
    expect(left.body.application.organizationIds).toEqual([acme]);
  });

  async function lastEvent() {
    const row = await server.database.db
      .selectFrom('audit_events')
      .select(['event_type', 'event_metadata'])
      .where('event_type', 'like', 'application-%')
      .orderBy('created_at', 'desc')
      .orderBy('sequence', 'desc')
      .executeTakeFirstOrThrow();
    return { events: { type: row.event_type, ...(JSON.parse(row.event_metadata) as object) } };
  }
});
