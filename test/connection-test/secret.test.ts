import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { PracticeIdp } from '../../tools/practice-idp/start-practice-idp.ts';
import { addOrganization } from '../support/callers.ts';
import { stepOf, stepsThat, testConnection } from '../support/connection-test.ts';
import { engines } from '../support/databases.ts';
import { type FaultyIdp, startFaultyIdp } from '../support/faulty-idp.ts';
import { jsonReply } from '../support/faulty-idp-replies.ts';
import { configEvents, configUrl, storedConfig } from '../support/oidc-config-body.ts';
import { startPracticeIdpForTest } from '../support/practice-idp.ts';
import { type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';

const clientSecret = 'a secret of more than 32 bytes: %+~ "&" \\ é';
// Without characters of which the practice provider's library says that only one spelling of them is right.
const practiceSecret = 'another secret of more than 32 bytes';
const methods = ['client_secret_basic', 'client_secret_post'] as const;

describe.each(engines)('the client secret in a connection test (%s)', (engine) => {
  let server: TestServer;
  let boot: Bootstrapped;
  let organizationId: string;
  let practice: PracticeIdp;
  let idp: FaultyIdp;
  let elsewhere: FaultyIdp;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    boot = await bootstrap(server);
    const redirectUris = [`${server.url}/api/v1/sso/oidc/callback`];
    const clients = methods.map((tokenEndpointAuthMethod) => ({
      clientId: tokenEndpointAuthMethod,
      clientSecret: practiceSecret,
      redirectUris,
      tokenEndpointAuthMethod,
    }));
    practice = await startPracticeIdpForTest(...clients);
    idp = await startFaultyIdp({ algorithm: 'ES256', clientSecret });
    elsewhere = await startFaultyIdp({ algorithm: 'ES256', clientSecret });
  });
  beforeEach(async () => {
    organizationId = await addOrganization(server, boot);
  });
  afterAll(async () => {
    await Promise.all([idp.close(), elsewhere.close(), practice.close()]);
    await server.close();
  });

  const store = async (change: object = {}) => {
    const client = { clientId: idp.clientId, clientSecret, jwtSignatureAlgorithm: 'ES256', isActive: true };
    const json = { organizationId, ...client, configurationType: 'custom', ...placeOf(idp), ...change };
    await server.call(configUrl, { token: boot.token, json });
  };
  const test = async (proposal: object = {}) => testConnection(server, boot.token, { organizationId, ...proposal });
  const client = { configurationType: 'discoveryURL', clientId: 'client_secret_basic', clientSecret };

  it('is judged correctly, right and wrong, at a certified provider that reads it from a header', async () => {
    const place = { ...client, clientSecret: practiceSecret, discoveryURL: practice.issuer };
    const good = await test(place);
    expect(stepsThat(good.body, 'failed')).toEqual([]);
    expect(stepOf(good.body, 'secret')).toMatchObject({
      outcome: 'passed',
      found: expect.stringContaining('invalid_grant'),
    });
    for (const change of [{ clientSecret: 'wrong' }, { clientId: 'nobody' }]) {
      const { body } = await test({ ...place, ...change });
      expect(stepsThat(body, 'failed')).toEqual(['secret']);
      expect(stepOf(body, 'secret').found).toContain('invalid_client');
    }
  });

  it('is judged correctly, right and wrong, at a provider that reads it from the form', async () => {
    idp.mutate({
      discovery: (document) => ({ ...document, token_endpoint_auth_methods_supported: ['client_secret_post'] }),
    });
    const place = { ...client, clientId: idp.clientId, discoveryURL: idp.discoveryUrl, jwtSignatureAlgorithm: 'ES256' };
    const good = await test(place);
    expect([stepOf(good.body, 'clientAuthentication').expected, stepOf(good.body, 'secret').outcome]).toEqual([
      'client_secret_post',
      'passed',
    ]);
    const sent = idp.requests.findLast(({ endpoint }) => endpoint === 'token');
    expect([sent?.headers.authorization, sent?.body.get('client_secret')]).toEqual([undefined, clientSecret]);
    const wrong = await test({ ...place, clientSecret: 'wrong' });
    expect(stepsThat(wrong.body, 'failed')).toEqual(['secret']);
    idp.mutate({ discovery: undefined });
  });

  it('is tried with an invented code, PKCE and the registered redirect URI', async () => {
    await store();
    const { body } = await test();
    expect(stepOf(body, 'secret').outcome).toBe('passed');
    const { body: form } = idp.requests.findLast(({ endpoint }) => endpoint === 'token') ?? { body: new Map() };
    expect([form.get('grant_type'), form.get('redirect_uri')]).toEqual([
      'authorization_code',
      `${server.url}/api/v1/sso/oidc/callback`,
    ]);
    expect([form.get('code'), form.get('code_verifier')]).toEqual([
      expect.stringMatching(/^connection-test-[\w-]{32}$/),
      expect.stringMatching(/^[\w-]{43}$/),
    ]);
  });

  it('is in no response, audit entry or row, even if the provider echoes it', async () => {
    const header = Buffer.from(`${encodeURIComponent(idp.clientId)}:${encodeURIComponent(clientSecret)}`).toString(
      'base64',
    );
    for (const echo of [clientSecret, encodeURIComponent(clientSecret), Buffer.from(clientSecret).toString('base64')]) {
      idp.mutate({
        discovery: (document) => ({ ...document, issuer: `${idp.issuer}/${echo}`, scopes_supported: [echo] }),
        reply: {
          token: (_reply, { headers }) =>
            jsonReply({ error: 'odd', error_description: `${echo} / ${headers.authorization} \u202e` }, 400),
        },
      });
      await server.call(`${configUrl}?organizationId=${organizationId}`, { method: 'DELETE', token: boot.token });
      await store();
      const texts = [
        (await test()).text,
        (await test({ configurationType: 'discoveryURL', discoveryURL: idp.discoveryUrl, clientSecret })).text,
      ];
      for (const text of [...texts, JSON.stringify(await configEvents(server, organizationId))]) {
        for (const spelling of [echo, JSON.stringify(clientSecret).slice(1, -1), header]) {
          expect(text).not.toContain(spelling);
        }
        expect(text).not.toContain('\u202e');
      }
      expect(texts[0]).toContain('[redacted]');
      expect(texts[1]).toContain('[redacted]');
    }
    idp.mutate({ discovery: undefined, reply: undefined });
  });

  it.each([
    ['another token endpoint', () => ({ tokenEndpoint: `${elsewhere.url}/token` })],
    ['another issuer', () => ({ issuer: elsewhere.issuer })],
    ['another discovery document', () => ({ configurationType: 'discoveryURL', discoveryURL: elsewhere.discoveryUrl })],
  ])('is not sent to %s than it was entered for, unless the request contains it', async (_name, change) => {
    await store();
    const before = [idp.count('token'), elsewhere.count('token')];
    const { body } = await test(change());
    expect(stepOf(body, 'secret')).toMatchObject({
      outcome: 'skipped',
      message: expect.stringContaining('entered for another URL'),
    });
    const masked = await test({ ...change(), clientSecret: '********' });
    expect(stepOf(masked.body, 'secret').outcome).toBe('skipped');
    expect([idp.count('token'), elsewhere.count('token')]).toEqual(before);
    const given = await test({ ...change(), clientSecret });
    expect(stepOf(given.body, 'secret').outcome).toBe('passed');
  });

  it('is sent to its endpoint if a proposal changes something else', async () => {
    await store();
    const { body } = await test({ jwksUri: `${elsewhere.url}/keys`, clientId: idp.clientId });
    expect(stepsThat(body, 'passed')).toContain('secret');
  });

  it('is not sent to a provider with another issuer', async () => {
    idp.mutate({ discovery: (document) => ({ ...document, issuer: elsewhere.issuer }) });
    const before = idp.count('token');
    const { body } = await test({ ...client, discoveryURL: idp.discoveryUrl });
    expect([stepsThat(body, 'failed').includes('issuer'), stepOf(body, 'secret').outcome]).toEqual([true, 'skipped']);
    expect(idp.count('token')).toBe(before);
    idp.mutate({ discovery: undefined });
  });

  it('that cannot be decrypted because its row was edited is reported and sent nowhere', async () => {
    await store();
    const before = idp.count('token');
    const sealed = (await storedConfig(server, organizationId))?.sealed_client_secret ?? '';
    const middle = Math.floor(sealed.length / 2);
    const other = `${sealed.slice(0, middle)}${sealed[middle] === 'A' ? 'B' : 'A'}${sealed.slice(middle + 1)}`;
    await server.database.transaction(async (tx) => {
      const update = tx.updateTable('connections').set({ sealed_client_secret: other });
      await update.where('organization_id', '=', organizationId).execute();
    });
    const { body } = await test();
    expect(stepsThat(body, 'failed')).toEqual(['secret']);
    expect(stepOf(body, 'secret').action).toMatch(/Enter the client secret again/);
    expect(idp.count('token')).toBe(before);
  });

  it('causes a warning if it is short and signs the tokens', async () => {
    const short = await startFaultyIdp({ algorithm: 'HS256', clientSecret: 'a short one' });
    const place = {
      ...client,
      clientId: short.clientId,
      discoveryURL: short.discoveryUrl,
      clientSecret: 'a short one',
    };
    const { body } = await test({ ...place, jwtSignatureAlgorithm: 'HS256' });
    await short.close();
    expect(stepOf(body, 'algorithms')).toMatchObject({
      outcome: 'warning',
      action: expect.stringMatching(/longer secret/),
    });
    expect([stepOf(body, 'keys').outcome, stepOf(body, 'secret').outcome]).toEqual(['skipped', 'passed']);
  });
});

function placeOf({ issuer, url }: FaultyIdp) {
  return {
    issuer,
    authorizationEndpoint: `${url}/authorize`,
    tokenEndpoint: `${url}/token`,
    jwksUri: `${url}/keys`,
    userinfoEndpoint: `${url}/userinfo`,
  };
}
