import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';

import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  addApplication,
  authorizationRequest,
  callback,
  follow,
  post,
  responseOf,
  type TestApplication,
} from '../support/application-scene.ts';
import { openBrowser } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import { type SceneOrganization, useLoginScene } from '../support/login-scene.ts';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig' };

describe.each(engines)('an application that authenticates with private_key_jwt (%s)', (engine) => {
  const scene = useLoginScene(engine);
  let acme: SceneOrganization;
  let wiki: TestApplication;
  let keyServer: Server;
  let jwksUri: string;

  beforeAll(async () => {
    acme = await scene.addOrganization();
    wiki = await addApplication(scene, { tokenEndpointAuthMethod: 'private_key_jwt', jwks: { keys: [jwk] } });
    keyServer = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ keys: [jwk] }));
    });
    await new Promise<void>((resolve) => keyServer.listen(0, '127.0.0.1', resolve));
    const address = keyServer.address();
    jwksUri = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/keys`;
  });
  afterAll(() => {
    keyServer.close();
  });

  interface Assertion {
    readonly audience?: string | string[];
    readonly seconds?: number;
    readonly jti?: string;
    readonly key?: KeyObject;
    readonly alg?: string;
  }

  async function assertionOf({ clientId }: TestApplication, wanted: Assertion = {}): Promise<string> {
    const { audience = scene.server.url, seconds = 30, jti = randomUUID(), key = privateKey, alg = 'ES256' } = wanted;
    return new SignJWT({})
      .setProtectedHeader({ alg, kid: 'one' })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(audience)
      .setJti(jti)
      .setIssuedAt()
      .setExpirationTime(`${seconds}s`)
      .sign(key);
  }

  async function exchangeWith(application: TestApplication, assertion: string) {
    const request = authorizationRequest(scene, application, { organization: acme.slug });
    const code = responseOf(await follow(openBrowser(), request.url)).get('code') ?? '';
    const form = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: callback,
      code_verifier: request.verifier,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    };
    const { status, body } = await post(scene, '/oauth/token', {
      application: { ...application, clientSecret: '' },
      form,
    });
    return [status, body['error']];
  }

  it('gets tokens for an assertion', async () => {
    expect(await exchangeWith(wiki, await assertionOf(wiki))).toEqual([200, undefined]);
  });

  it('15: is rejected with an assertion that was used before, also at the same moment', async () => {
    const assertion = await assertionOf(wiki);
    const ends = await Promise.all([exchangeWith(wiki, assertion), exchangeWith(wiki, assertion)]);
    expect(ends.filter(([status]) => status === 200)).toHaveLength(1);
    expect(await exchangeWith(wiki, assertion)).toEqual([401, 'invalid_client']);
  });

  it.each<[string, Assertion]>([
    ['for the token endpoint', { audience: 'TOKEN' }],
    ['for another server', { audience: 'https://other.example' }],
    ['for this server and another one', { audience: ['SITE', 'https://other.example'] }],
    ['that is valid for an hour', { seconds: 3600 }],
    ['that has expired', { seconds: -60 }],
    ['with another key', { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey }],
  ])('15: is rejected with an assertion %s', async (_what, wanted) => {
    const place = (text: string) =>
      text === 'TOKEN' ? `${scene.server.url}/oauth/token` : text === 'SITE' ? scene.server.url : text;
    const { audience, ...rest } = wanted;
    const placed =
      audience === undefined ? {} : { audience: Array.isArray(audience) ? audience.map(place) : place(audience) };
    expect(await exchangeWith(wiki, await assertionOf(wiki, { ...rest, ...placed }))).toEqual([401, 'invalid_client']);
  });

  it('39: is authenticated with keys that the server fetches, if the outbound policy allows their address', async () => {
    const settings = { tokenEndpointAuthMethod: 'private_key_jwt', jwksUri };
    const fetched = await addApplication(scene, settings);
    expect(await exchangeWith(fetched, await assertionOf(fetched))).toEqual([200, undefined]);
  });

  it('39: is rejected without a server error if its keys cannot be fetched', async () => {
    const gone = await addApplication(scene, {
      tokenEndpointAuthMethod: 'private_key_jwt',
      jwksUri: 'http://127.0.0.1:1/keys',
    });
    expect(await exchangeWith(gone, await assertionOf(gone))).toEqual([401, 'invalid_client']);
  });
});
