import * as openid from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';

import { createProviderKey, signClaims, type ProviderKey } from '../../../test/support/faulty-idp-keys.ts';
import type { SignatureAlgorithm } from '../../contract/algorithms.ts';
import { Secret } from '../../kernel/secret.ts';
import { readKeySet, type VerificationKey } from '../discovery/key-set.ts';
import { createLibraryClient } from './library-client.ts';
import type { ProviderMetadata } from '../discovery/provider-metadata.ts';
import { recogniseProfile } from '../profiles/recognise-profile.ts';
import { receivedResponse } from './received-response.ts';

// What the library itself does with the configuration that the factory makes. Nothing of our own checks is in the way.

const issuer = 'https://idp.example';
const metadata: ProviderMetadata = {
  issuer,
  authorizationEndpoint: `${issuer}/authorize`,
  tokenEndpoint: `${issuer}/token`,
  jwksUri: `${issuer}/keys`,
  userinfoEndpoint: `${issuer}/userinfo`,
  clientAuthentication: 'client_secret_basic',
  namesItself: true,
  pkce: 'listed',
  scopesSupported: [],
  recognised: recogniseProfile({ issuer: 'https://idp.example' }),
};
const secret = 'a client secret';
const nowSeconds = Math.floor(Date.parse('2026-11-24T08:00:00Z') / 1000);
const claims = { iss: issuer, aud: 'client', sub: 's', nonce: 'n', iat: nowSeconds, exp: nowSeconds + 300 };

let key: ProviderKey;
let foreign: ProviderKey;
let published: VerificationKey | undefined;

beforeAll(async () => {
  key = await createProviderKey('EdDSA', 'key-1', secret);
  foreign = await createProviderKey('EdDSA', 'key-1', secret);
  published = readKeySet({ keys: [key.publicJwk] }, issuer)?.keys[0];
});

async function grant(idToken: string, algorithm: SignatureAlgorithm = 'EdDSA') {
  const connection = {
    bulkhead: 'organization-1',
    revision: '1',
    source: { kind: 'discovery', discoveryUrl: issuer } as const,
    clientId: 'client',
    clientSecret: new Secret(secret),
    algorithm,
  };
  const answer = { access_token: 'token', token_type: 'bearer', id_token: idToken };
  const send = () => Promise.resolve(receivedResponse('application/json', answer));
  const { configuration } = createLibraryClient(connection, { metadata, key: published }, send);
  const callback = new URL(`https://sallyport.example/callback?code=c&state=s&iss=${encodeURIComponent(issuer)}`);
  const checks = { expectedState: 's', expectedNonce: 'n', pkceCodeVerifier: 'v'.repeat(43), idTokenExpected: true };
  return openid.authorizationCodeGrant(configuration, callback, checks);
}

describe('the library, as configured', () => {
  it('accepts a token of the published key', async () => {
    expect((await grant(await signClaims(key, claims))).claims()?.sub).toBe('s');
  });

  it('verifies signatures, which it does not by default: a token of a foreign key is refused', async () => {
    await expect(grant(await signClaims(foreign, claims))).rejects.toMatchObject({ code: 'OAUTH_INVALID_RESPONSE' });
  });

  it('refuses every algorithm but the configured one', async () => {
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;
    await expect(grant(unsigned)).rejects.toMatchObject({ code: 'OAUTH_INVALID_RESPONSE' });
    await expect(grant(await signClaims(key, claims), 'RS256')).rejects.toMatchObject({
      code: 'OAUTH_INVALID_RESPONSE',
    });
    await expect(grant(await signClaims(key, claims), 'HS256')).rejects.toMatchObject({
      code: 'OAUTH_INVALID_RESPONSE',
    });
  });

  it.each([{ iss: `${issuer}/` }, { aud: 'other' }, { nonce: 'other' }, { sub: 7 }])('refuses %j', async (change) => {
    const token = await signClaims(key, Object.assign({}, claims, change));
    await expect(grant(token)).rejects.toBeInstanceOf(openid.ClientError);
  });
});
