import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { stepOf, stepsThat, testConnection } from '../support/connection-test.ts';
import { type FaultyIdp, startFaultyIdp } from '../support/faulty-idp.ts';
import { jsonReply } from '../support/faulty-idp-replies.ts';
import { type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';

describe('a connection test of a known provider', () => {
  let server: TestServer;
  let boot: Bootstrapped;
  let idp: FaultyIdp;

  beforeAll(async () => {
    server = await startTestServer({ engine: 'sqlite' });
    boot = await bootstrap(server);
    // Endpoints in the manner of Keycloak; only the words in the paths are its own.
    const protocol = '/realms/acme/protocol/openid-connect';
    idp = await startFaultyIdp({
      algorithm: 'ES256',
      issuerPath: '/realms/acme',
      paths: { authorization: `${protocol}/auth`, token: `${protocol}/token` },
    });
  });
  afterAll(async () => {
    await idp.close();
    await server.close();
  });

  const test = async (change: object = {}) => {
    const { organizationId, token } = boot;
    const { clientId, clientSecret, discoveryUrl: discoveryURL } = idp;
    const client = { clientId, clientSecret, jwtSignatureAlgorithm: 'ES256' };
    const json = { organizationId, configurationType: 'discoveryURL', discoveryURL, ...client, ...change };
    return (await testConnection(server, token, json)).body;
  };

  it('names the provider and the screen of its console where the admin can fix it', async () => {
    const report = await test({ jwtSignatureAlgorithm: 'RS256' });
    expect(report.profile).toEqual({ id: 'keycloak', name: 'Keycloak' });
    expect(stepOf(report, 'algorithms').action).toMatch(
      /In Keycloak: Keycloak admin console › .* › ID token signature algorithm\.$/,
    );
    expect(stepOf(report, 'authorization').action).toMatch(/Settings › Valid redirect URIs\.$/);
  });

  it('explains the provider’s own errors', async () => {
    const said = { error: 'unauthorized_client', error_description: 'Invalid client or Invalid client credentials' };
    idp.mutate({ reply: { token: () => jsonReply(said, 401) } });
    const report = await test();
    expect(stepsThat(report, 'failed')).toEqual(['secret']);
    expect(stepOf(report, 'secret')).toMatchObject({
      message: expect.stringMatching(/^The identity provider rejects the client secret\./),
      action: expect.stringMatching(/Credentials › Client secret\.$/),
    });
  });
});
