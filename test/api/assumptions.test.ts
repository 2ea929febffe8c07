import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { addOrganization } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { type FaultyIdp, startFaultyIdp } from '../support/faulty-idp.ts';
import { configUrl, customConfig, discoveryConfig } from '../support/oidc-config-body.ts';
import { type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';

describe.each(engines)('the assumptions about an identity provider (%s)', (engine) => {
  let server: TestServer;
  let boot: Bootstrapped;
  let idp: FaultyIdp;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    boot = await bootstrap(server);
    idp = await startFaultyIdp({ algorithm: 'ES256' });
  });
  afterAll(async () => {
    await idp.close();
    await server.close();
  });

  const store = async (config: (organizationId: string) => object, change: object = {}) => {
    const organizationId = await addOrganization(server, boot);
    const json = { ...config(organizationId), ...change };
    const stored = await server.call(configUrl, { token: boot.token, json });
    if (stored.status !== 200) throw new Error(stored.text);
    return organizationId;
  };
  const read = async (organizationId: string) =>
    server.call(`${configUrl}/assumptions?organizationId=${organizationId}`, { token: boot.token });
  const optionOf = (body: { options: { option: string }[] }, name: string) =>
    body.options.find(({ option }) => option === name);

  /** The discovery document of a provider with Authelia's endpoint paths; no user signs in there. */
  const likeAuthelia = (document: Record<string, unknown>) => ({
    ...document,
    authorization_endpoint: `${idp.url}/api/oidc/authorization`,
    token_endpoint: `${idp.url}/api/oidc/token`,
    scopes_supported: ['openid', 'profile', 'email', 'groups'],
  });

  it("come from the provider's discovery document, with reasons", async () => {
    idp.mutate({ discovery: likeAuthelia });
    const change = { discoveryURL: idp.discoveryUrl, manageGroupMemberships: true, prompt: 'login' };
    const { status, body } = await read(await store(discoveryConfig, change));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      profile: { id: 'authelia', displayName: 'Authelia', refusedBecause: null },
      issuer: idp.issuer,
      basis: 'document',
      heldBack: [],
    });
    expect(body.profile.recognisedBy).toContain('/api/oidc/authorization');
    expect(optionOf(body, 'additionalScopes')).toMatchObject({ value: ['groups'], source: 'profile' });
    expect(optionOf(body, 'prompt')).toEqual({ option: 'prompt', value: 'login', source: 'configured', why: null });
    expect(optionOf(body, 'userinfo')).toMatchObject({ value: 'when-needed', source: 'default', why: null });
    expect(body.advice.length).toBeGreaterThan(0);
    expect(body.screens).toContainEqual({ topic: 'redirectUri', place: expect.stringContaining('redirect_uris') });
  });

  it('say what the profile would have set, and why it did not', async () => {
    idp.mutate({ discovery: likeAuthelia });
    const { body } = await read(await store(discoveryConfig, { discoveryURL: idp.discoveryUrl }));
    expect(optionOf(body, 'additionalScopes')).toMatchObject({ value: [], source: 'default' });
    expect(body.heldBack).toMatchObject([
      { option: 'additionalScopes', value: ['groups'], because: expect.any(String) },
    ]);
  });

  it('request the provider once and cache its answer', async () => {
    idp.mutate({ discovery: undefined });
    const organizationId = await store(discoveryConfig, { discoveryURL: idp.discoveryUrl });
    const before = idp.count('discovery');
    await read(organizationId);
    await read(organizationId);
    expect(idp.count('discovery')).toBe(before + 1);
  });

  it('use what the admin entered if the provider does not respond, and say so', async () => {
    const discoveryURL = 'http://127.0.0.1:1/tenants/acme';
    const { status, body } = await read(await store(discoveryConfig, { discoveryURL }));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      profile: { id: 'generic', recognisedBy: null },
      issuer: discoveryURL,
      basis: 'unreachable',
    });
  });

  it('recognise a kind of provider from the entered URL alone', async () => {
    const discoveryURL = 'http://127.0.0.1:1/realms/acme';
    const { body } = await read(await store(discoveryConfig, { discoveryURL }));
    expect(body).toMatchObject({ profile: { id: 'keycloak' }, basis: 'unreachable' });
  });

  it('use what the admin entered if the provider names another issuer', async () => {
    idp.mutate({ discovery: (document) => ({ ...document, issuer: 'https://accounts.google.com' }) });
    const { body } = await read(await store(discoveryConfig, { discoveryURL: idp.discoveryUrl }));
    expect(body).toMatchObject({ profile: { id: 'generic' }, issuer: idp.issuer, basis: 'unreachable' });
  });

  it('need no provider if every endpoint was entered', async () => {
    const issuer = 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_aBcDeF';
    const { body } = await read(await store(customConfig, { issuer }));
    expect(body).toMatchObject({ profile: { id: 'cognito' }, issuer, basis: 'settings' });
    expect(optionOf(body, 'groupsClaim')).toMatchObject({ value: 'cognito:groups', source: 'profile' });
  });

  it('are empty while there is no connection', async () => {
    const answer = await read(await addOrganization(server, boot));
    expect(answer).toMatchObject({ status: 404, body: { code: 'oidc_config_not_found' } });
  });

  it('contain no secret', async () => {
    const { text } = await read(await store(customConfig));
    expect(text).not.toContain(customConfig('x').clientSecret);
    expect(text).not.toContain('********');
  });

  it.each([
    ['discoveryURL', discoveryConfig, { discoveryURL: 'https://token.actions.githubusercontent.com' }],
    ['issuer', customConfig, { issuer: 'https://appleid.apple.com' }],
  ] as const)('report a provider that cannot sign members in, because of its %s', async (path, config, change) => {
    const organizationId = await addOrganization(server, boot);
    const answer = await server.call(configUrl, { token: boot.token, json: { ...config(organizationId), ...change } });
    expect(answer).toMatchObject({ status: 422, body: { details: [{ path, code: 'provider' }] } });
    expect(answer.body.message).toMatch(/cannot be the identity provider/);
  });
});
