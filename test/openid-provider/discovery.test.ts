import * as oauth from 'oauth4webapi';
import { beforeAll, describe, expect, it } from 'vitest';

import { addApplication, callback, follow, post, type TestApplication } from '../support/application-scene.ts';
import { openBrowser } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import { type SceneOrganization, useLoginScene } from '../support/login-scene.ts';

type Metadata = Readonly<Record<string, unknown>> & Readonly<Record<ListName, string[]>>;
type ListName = 'response_modes_supported' | 'id_token_signing_alg_values_supported' | 'grant_types_supported';

// oxlint-disable-next-line typescript/no-deprecated -- only over loopback
const local = { [oauth.allowInsecureRequests]: true } as const;

describe.each(engines)('the metadata of the OpenID Provider (%s)', (engine) => {
  const scene = useLoginScene(engine);
  const read = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${scene.server.url}${path}`, { headers });
    const body: Metadata = JSON.parse(await response.text());
    return { status: response.status, body };
  };

  it('is not there until an application is registered', async () => {
    expect(await read('/.well-known/openid-configuration')).toMatchObject({
      status: 404,
      body: { code: 'no_applications' },
    });
  });

  describe('with an application', () => {
    let acme: SceneOrganization;
    let wiki: TestApplication;

    beforeAll(async () => {
      acme = await scene.addOrganization();
      wiki = await addApplication(scene);
    });

    it.each(['openid-configuration', 'oauth-authorization-server'])('is at /.well-known/%s', async (name) => {
      const { url } = scene.server;
      const { status, body } = await read(`/.well-known/${name}`);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        issuer: url,
        authorization_endpoint: `${url}/oauth/authorize`,
        token_endpoint: `${url}/oauth/token`,
        userinfo_endpoint: `${url}/oauth/userinfo`,
        introspection_endpoint: `${url}/oauth/introspect`,
        revocation_endpoint: `${url}/oauth/revoke`,
        pushed_authorization_request_endpoint: `${url}/oauth/par`,
        jwks_uri: `${url}/.well-known/jwks.json`,
        response_types_supported: ['code'],
        code_challenge_methods_supported: ['S256'],
        authorization_response_iss_parameter_supported: true,
      });
      expect(body.response_modes_supported.toSorted()).toEqual(['form_post', 'fragment', 'query']);
      expect(body.id_token_signing_alg_values_supported.toSorted()).toEqual(['ES256', 'EdDSA', 'RS256']);
      expect(body.grant_types_supported).not.toContain('implicit');
      expect(body['request_parameter_supported'] ?? false).toBe(false);
      expect(body['request_uri_parameter_supported'] ?? false).toBe(false);
    });

    it('names the addresses of the site, whatever host a request names', async () => {
      const forged = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
      const { body } = await read('/.well-known/openid-configuration', forged);
      expect(JSON.stringify(body)).not.toContain('evil.example');
    });

    it('is sufficient for oauth4webapi to sign a user in, with a pushed request', async () => {
      const issuer = new URL(scene.server.url);
      const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, local));
      const client = { client_id: wiki.clientId };
      const auth = oauth.ClientSecretBasic(wiki.clientSecret);
      const verifier = oauth.generateRandomCodeVerifier();
      const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
      const parameters = {
        response_type: 'code',
        redirect_uri: callback,
        scope: 'openid email',
        organization: acme.slug,
        state,
        nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      };
      const pushed = await oauth.processPushedAuthorizationResponse(
        server,
        client,
        await oauth.pushedAuthorizationRequest(server, client, auth, parameters, local),
      );
      const query = new URLSearchParams({ client_id: wiki.clientId, request_uri: pushed.request_uri });
      const answer = await follow(openBrowser(), `${server.authorization_endpoint}?${query.toString()}`);
      const response = oauth.validateAuthResponse(server, client, new URL(answer.location), state);
      const tokens = await oauth.processAuthorizationCodeResponse(
        server,
        client,
        await oauth.authorizationCodeGrantRequest(server, client, auth, response, callback, verifier, local),
        { expectedNonce: nonce, requireIdToken: true },
      );
      expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({ org_id: acme.id, nonce });
      const again = await follow(openBrowser(), `${server.authorization_endpoint}?${query.toString()}`);
      expect(again.location).toBe('');
    });

    it('41: supports no request objects, hybrid flow or password grant', async () => {
      const { url } = scene.server;
      const ask = async (params: Record<string, string>) => {
        const query = new URLSearchParams({
          client_id: wiki.clientId,
          redirect_uri: callback,
          response_type: 'code',
          scope: 'openid',
          state: 's',
          code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
          code_challenge_method: 'S256',
          ...params,
        });
        const { location } = await openBrowser().visit(`${url}/oauth/authorize?${query.toString()}`);
        return location === '' ? 'page' : new URLSearchParams(location.split(/[?#]/u)[1]).get('error');
      };
      expect(await ask({ request: 'e30.e30.' })).toBe('request_not_supported');
      expect(await ask({ request_uri: 'https://app.example/request.jwt' })).not.toBeNull();
      expect(await ask({ response_type: 'code id_token', nonce: 'n' })).toBe('unsupported_response_type');
      expect(await ask({ response_type: 'token' })).toBe('unsupported_response_type');
      const form = { grant_type: 'password', username: 'ann', password: 'secret' };
      const { body } = await post(scene, '/oauth/token', { application: wiki, form });
      expect(body['error']).toBe('unsupported_grant_type');
    });
  });
});
