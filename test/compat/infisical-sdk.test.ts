import { InfisicalSDK } from '@infisical/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { engines } from '../support/databases.ts';
import { type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';

const configPath = '/api/v1/sso/oidc/config';

// A client of another project. It shows an error's `message` only when that is a string.
describe.each(engines)('the SDK of the public API (%s)', (engine) => {
  let server: TestServer;
  let acme: Bootstrapped;
  let universalAuth: { clientId: string; clientSecret: string };

  beforeAll(async () => {
    server = await startTestServer({ engine });
    acme = await bootstrap(server);
    universalAuth = await addMachine();
  });
  afterAll(() => server.close());

  test('logs in with universal auth and configures the connection with its token', async () => {
    const sdk = await newSdk().auth().universalAuth.login(universalAuth);
    const token = sdk.auth().getAccessToken() ?? '';
    const created = await server.call(configPath, { token, json: config() });
    expect(created.status).toBe(200);
    const change = { organizationId: acme.organizationId, allowedEmailDomains: 'acme.example' };
    const changed = await server.call(configPath, { method: 'PATCH', token, json: change });
    expect(changed.status).toBe(200);
    const read = await server.call(`${configPath}?organizationId=${acme.organizationId}`, { token });
    expect(read.body).toMatchObject({ allowedEmailDomains: 'acme.example', clientId: 'sallyport', isActive: false });
  });

  test('renews its token, and the new one works', async () => {
    const sdk = await newSdk().auth().universalAuth.login(universalAuth);
    const renewed = await sdk.auth().universalAuth.renew();
    const token = renewed.auth().getAccessToken() ?? '';
    const { status, body } = await server.call('/api/v1/identities/details', { token });
    expect(status).toBe(200);
    expect(body.identityDetails.organization).toMatchObject({ id: acme.organizationId, slug: acme.slug });
  });

  test('shows why a wrong client secret is rejected', async () => {
    const login = newSdk()
      .auth()
      .universalAuth.login({ ...universalAuth, clientSecret: 'wrong' });
    await expect(login).rejects.toThrow(/StatusCode=401\] The credentials are not valid\./u);
  });

  test('shows the first invalid field of a request', async () => {
    const login = newSdk()
      .auth()
      .universalAuth.login({ ...universalAuth, clientId: '' });
    await expect(login).rejects.toThrow(/StatusCode=422.*clientId/u);
  });

  function newSdk(): InfisicalSDK {
    return new InfisicalSDK({ siteUrl: server.url });
  }

  function config(): Readonly<Record<string, unknown>> {
    return {
      organizationId: acme.organizationId,
      configurationType: 'discoveryURL',
      discoveryURL: 'https://idp.acme.example',
      clientId: 'sallyport',
      clientSecret: 'a secret',
      isActive: false,
    };
  }

  async function addMachine(): Promise<{ clientId: string; clientSecret: string }> {
    const { token, organizationId } = acme;
    const made = await server.call('/api/v1/identities', {
      token,
      json: { name: 'deployment', organizationId, role: 'admin' },
    });
    const path = `/api/v1/auth/universal-auth/identities/${made.body.identity.id}`;
    const attached = await server.call(path, { token, json: {} });
    const secret = await server.call(`${path}/client-secrets`, { token, json: {} });
    return {
      clientId: attached.body.identityUniversalAuth.clientId,
      clientSecret: secret.body.clientSecret,
    };
  }
});
