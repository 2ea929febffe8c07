import { compactVerify, createLocalJWKSet, decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';

import { tidyUp } from '../../src/login/housekeeping.ts';
import { engines } from '../support/databases.ts';
import { configEvents, configUrl, storedConfig } from '../support/oidc-config-body.ts';
import { type SceneOrganization, expectRefusal, signIn, tamper, useLoginScene } from '../support/login-scene.ts';

const keysUrl = `${configUrl}/client-keys`;
const byKey = { tokenEndpointAuthMethod: 'private_key_jwt' } as const;

describe.each(engines)('client keys (%s)', (engine) => {
  const scene = useLoginScene(engine);

  const { stringify } = JSON;
  const call = (path: string, options: object = {}) => scene.server.call(path, { token: scene.boot.token, ...options });
  const addOrganization = () => scene.addOrganization({ config: byKey });
  const readKeys = async ({ id }: SceneOrganization) => (await call(`${keysUrl}?organizationId=${id}`)).body;
  const rotate = ({ id }: SceneOrganization, timing: object = {}) =>
    call(keysUrl, { json: { organizationId: id, ...timing } });
  const published = async (organization: SceneOrganization) => {
    const { jwksUrl } = await readKeys(organization);
    return scene.server.call(new URL(jwksUrl).pathname);
  };
  const keyRows = async (organization: SceneOrganization) => {
    const config = await storedConfig(scene.server, organization.id);
    const { db } = scene.server.database;
    return db
      .selectFrom('client_keys')
      .selectAll()
      .where('connection_id', '=', config?.id ?? '')
      .execute();
  };
  const states = async (organization: SceneOrganization): Promise<string[]> =>
    (await readKeys(organization)).keys.map(({ state }: { state: string }) => state);
  /** The token request of a sign-in. The provider requires a secret and rejects the request. */
  const assertionOf = async (organization: SceneOrganization) => {
    await expectRefusal(scene, 'idp_client_refused', () => signIn(scene, { organization }));
    const sent = organization.idp.requests.findLast(({ endpoint }) => endpoint === 'token');
    return { headers: sent?.headers ?? {}, body: sent?.body ?? new URLSearchParams() };
  };

  it('come with the connection, which has no secret, and are public', async () => {
    const organization = await addOrganization();
    const config = await storedConfig(scene.server, organization.id);
    expect(config?.sealed_client_secret).toBe('');
    const { keys, jwksUrl, configId } = await readKeys(organization);
    expect([configId, jwksUrl]).toEqual([config?.id, `${scene.server.url}${configUrl}/${configId}/jwks.json`]);
    expect(keys).toEqual([expect.objectContaining({ state: 'current', algorithm: 'RS256', publishedUntil: null })]);

    const answer = await published(organization);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'public, max-age=300']);
    const [key] = answer.body.keys;
    expect(answer.body.keys).toHaveLength(1);
    expect(key).toEqual({ kty: 'RSA', n: expect.any(String), e: 'AQAB', kid: keys[0].id, alg: 'RS256', use: 'sig' });
    expect(Buffer.from(key.n, 'base64url')).toHaveLength(384);
  });

  it('are encrypted at rest, and no private key is in a response, record or audit entry', async () => {
    const organization = await addOrganization();
    const [row] = await keyRows(organization);
    expect(row?.sealed_private_jwk).not.toMatch(/kty|"d"/);
    expect(stringify(await readKeys(organization))).not.toContain('"d"');
    const events = await scene.server.database.db
      .selectFrom('audit_events')
      .select(['event_type', 'event_metadata'])
      .where('organization_id', '=', organization.id)
      .execute();
    const made = events.find(({ event_type }) => event_type === 'oidc-client-key-create');
    expect(JSON.parse(made?.event_metadata ?? '')).toMatchObject({ keyId: row?.id });
    expect(stringify(events)).not.toContain(row?.sealed_private_jwk);
  });

  it('give the same response for a connection without keys and for an unknown one', async () => {
    const other = await scene.addOrganization();
    const config = await storedConfig(scene.server, other.id);
    const without = await scene.server.call(`${configUrl}/${config?.id}/jwks.json`);
    const unknown = await scene.server.call(`${configUrl}/no-such-configuration/jwks.json`);
    for (const { status, body } of [without, unknown]) {
      expect([status, body.code]).toEqual([404, 'client_key_set_not_found']);
    }
    expect({ ...without.body, reqId: '' }).toEqual({ ...unknown.body, reqId: '' });
    expect((await readKeys(other)).keys).toEqual([]);
    expect([(await rotate(other)).status, (await rotate(other)).body.code]).toEqual([409, 'client_key_unused']);
  });

  it('sign an assertion for this provider only, which is new each time and valid for a minute', async () => {
    const organization = await addOrganization();
    const first = await assertionOf(organization);
    const second = await assertionOf(organization);
    expect(first.headers['authorization']).toBeUndefined();
    expect(first.body.has('client_secret')).toBe(false);
    expect(first.body.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');

    const assertion = first.body.get('client_assertion') ?? '';
    const keySet = createLocalJWKSet((await published(organization)).body);
    await compactVerify(assertion, keySet, { algorithms: ['RS256'] });
    const [{ id }] = (await readKeys(organization)).keys;
    expect(decodeProtectedHeader(assertion)).toEqual({ alg: 'RS256', kid: id });
    const claims = decodeJwt(assertion);
    const { clientId, issuer } = organization.idp;
    expect(claims).toEqual({
      iss: clientId,
      sub: clientId,
      aud: issuer,
      jti: expect.stringMatching(/^[\w-]{43}$/),
      iat: expect.any(Number),
      exp: (claims.iat ?? 0) + 60,
    });
    expect(decodeJwt(second.body.get('client_assertion') ?? '').jti).not.toBe(claims.jti);
  });

  it("H073: sign nothing for another provider's audience, even if its endpoints are entered", async () => {
    const victim = await addOrganization();
    const mallory = await addOrganization();
    mallory.idp.mutate({ discovery: (document) => ({ ...document, token_endpoint: `${victim.idp.url}/token` }) });
    await expectRefusal(scene, 'idp_client_refused', () => signIn(scene, { organization: mallory }));
    const sent = victim.idp.requests.findLast(({ endpoint }) => endpoint === 'token');
    const assertion = sent?.body.get('client_assertion') ?? '';
    expect(decodeJwt(assertion).aud).toBe(mallory.idp.issuer);
    const victims = createLocalJWKSet((await published(victim)).body);
    await expect(compactVerify(assertion, victims)).rejects.toThrow('no applicable key');
  });

  it('rotate: the next key is published before it is used, the previous one stays for a while', async () => {
    const organization = await addOrganization();
    const [first] = (await readKeys(organization)).keys;
    const usedKey = async () => {
      const { body } = await assertionOf(organization);
      return decodeProtectedHeader(body.get('client_assertion') ?? '').kid;
    };
    const rotated = await rotate(organization);
    expect(rotated.status).toBe(200);
    const [, next] = rotated.body.keys;
    expect(await states(organization)).toEqual(['current', 'next']);
    expect((await published(organization)).body.keys).toHaveLength(2);
    expect(await usedKey()).toBe(first.id);

    scene.clock.advance(3_600_000);
    expect(await states(organization)).toEqual(['old', 'current']);
    expect(await usedKey()).toBe(next.id);

    scene.clock.advance(600_000);
    expect(await states(organization)).toEqual(['current']);
    expect((await published(organization)).body.keys.map(({ kid }: { kid: string }) => kid)).toEqual([next.id]);
    expect(await keyRows(organization)).toHaveLength(2);
    await tidyUp({ database: scene.server.database, clock: scene.clock }, { days: 30, keptMax: 1000 });
    expect((await keyRows(organization)).map(({ id }) => id)).toEqual([next.id]);
  });

  it('are used at once if the caller asks for that, which replaces a scheduled rotation', async () => {
    const organization = await addOrganization();
    await rotate(organization, { activeAfterSeconds: 604_800 });
    const { keys } = (await rotate(organization, { activeAfterSeconds: 0 })).body;
    expect(keys.map(({ state }: { state: string }) => state)).toEqual(['old', 'current', 'next']);
    scene.clock.advance(600_000);
    expect((await readKeys(organization)).keys).toEqual([{ ...keys[1], state: 'current' }]);
  });

  it.each([[{ activeAfterSeconds: -1 }], [{ activeAfterSeconds: 604_801 }], [{ activeAfterSeconds: '0' }]])(
    'do not rotate with %j',
    async (timing) => {
      const organization = await addOrganization();
      expect((await rotate(organization, timing)).body.details).toEqual([
        expect.objectContaining({ path: 'activeAfterSeconds' }),
      ]);
      expect(await keyRows(organization)).toHaveLength(1);
    },
  );

  it('are limited to five, even under concurrent requests', async () => {
    const organization = await addOrganization();
    const answers = await Promise.all(Array.from({ length: 7 }, () => rotate(organization)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(4);
    const refused = answers.filter(({ status }) => status !== 200).map(({ body }) => body.code);
    expect(refused.filter((code) => code !== 'limit_reached' && code !== 'work_limited')).toEqual([]);
    expect((await rotate(organization)).body.code).toBe('limit_reached');
    const open = (await keyRows(organization)).filter((row) => row.publish_until_at === null);
    expect([(await keyRows(organization)).length, open.length]).toEqual([5, 1]);
  }, 30_000);

  it('are deleted when the connection gets a secret instead, and with the connection', async () => {
    const organization = await addOrganization();
    const change = { tokenEndpointAuthMethod: 'client_secret_basic', clientSecret: 'a secret' } as const;
    expect((await scene.changeConfig(organization, change)).status).toBe(200);
    expect(await keyRows(organization)).toEqual([]);
    expect((await published(organization)).status).toBe(404);
    expect((await scene.changeConfig(organization, byKey)).status).toBe(200);
    expect((await storedConfig(scene.server, organization.id))?.sealed_client_secret).toBe('');
    expect(await keyRows(organization)).toHaveLength(1);
    const [last] = (await configEvents(scene.server, organization.id)).slice(-1);
    expect(last?.metadata['changedFields']).toEqual(['tokenEndpointAuthMethod', 'clientSecret']);
    const before = await keyRows(organization);
    await scene.deleteConfig(organization);
    const { db } = scene.server.database;
    const left = db
      .selectFrom('client_keys')
      .select('id')
      .where('id', '=', before[0]?.id ?? '');
    expect(await left.execute()).toEqual([]);
  });

  it('stay after a change that keeps the endpoints, and are replaced after one that does not', async () => {
    const organization = await scene.addOrganization({ isCustom: true, config: byKey });
    const [first] = await keyRows(organization);
    expect((await scene.changeConfig(organization, { prompt: 'login' })).status).toBe(200);
    expect((await keyRows(organization)).map(({ id }) => id)).toEqual([first?.id]);
    const tokenEndpoint = `${organization.idp.url}/another/token`;
    expect((await scene.changeConfig(organization, { tokenEndpoint })).status).toBe(200);
    const keys = await keyRows(organization);
    expect(keys).toHaveLength(1);
    expect(keys[0]?.id).not.toBe(first?.id);
  });

  it.each([
    ['token_endpoint', ({ idp }: SceneOrganization) => `${idp.url}/token`],
    ['issuer', ({ idp }: SceneOrganization) => idp.issuer],
  ])('sign nothing if %s was edited in the database', async (column, value) => {
    const elsewhere = await scene.addOrganization();
    const organization = await scene.addOrganization({ isCustom: true, config: byKey });
    organization.idp.mutate({ callback: (parameters) => parameters.delete('iss') });
    await tamper(scene, (tx) =>
      tx
        .updateTable('connections')
        .set({ [column]: value(elsewhere) })
        .where('organization_id', '=', organization.id)
        .execute(),
    );
    await expectRefusal(scene, 'internal_error', () => signIn(scene, { organization }));
    expect([organization.idp.count('token'), elsewhere.idp.count('token')]).toEqual([0, 0]);
  });

  it("of another connection cannot be decrypted in this one's row", async () => {
    const [organization, other] = [await addOrganization(), await addOrganization()];
    const [theirs] = await keyRows(other);
    const [mine] = await keyRows(organization);
    await tamper(scene, (tx) =>
      tx
        .updateTable('client_keys')
        .set({ sealed_private_jwk: theirs?.sealed_private_jwk ?? '' })
        .where('id', '=', mine?.id ?? '')
        .execute(),
    );
    await expectRefusal(scene, 'internal_error', () => signIn(scene, { organization }));
    expect(organization.idp.count('token')).toBe(0);
  });

  it('that are missing make client authentication fail, and nothing is sent', async () => {
    const organization = await addOrganization();
    const [mine] = await keyRows(organization);
    await tamper(scene, (tx) =>
      tx
        .deleteFrom('client_keys')
        .where('id', '=', mine?.id ?? '')
        .execute(),
    );
    await expectRefusal(scene, 'internal_error', () => signIn(scene, { organization }));
    expect(organization.idp.count('token')).toBe(0);
  });

  it('replace the secret only for the connections that use them', async () => {
    const organization = await scene.addOrganization();
    const { id } = organization;
    await scene.deleteConfig(organization);
    const whole = {
      organizationId: id,
      configurationType: 'discoveryURL',
      discoveryURL: 'https://idp.acme.example',
      clientId: 'c',
    };
    const post = (change: object) => call(configUrl, { json: { ...whole, isActive: true, ...change } });
    for (const change of [
      {},
      { tokenEndpointAuthMethod: 'client_secret_jwt' },
      { ...byKey, jwtSignatureAlgorithm: 'HS256' },
    ]) {
      const { status, body } = await post(change);
      expect([status, body.details]).toEqual([
        422,
        [{ path: 'clientSecret', code: 'required', message: 'is required' }],
      ]);
    }
    const stored = await post({ ...byKey, clientSecret: 'one that nothing would use' });
    expect([stored.status, (await storedConfig(scene.server, id))?.sealed_client_secret]).toEqual([200, '']);
    const shown = await call(`${configUrl}?organizationId=${id}`);
    expect(shown.body.clientSecret).toBe('********');
  });
});
