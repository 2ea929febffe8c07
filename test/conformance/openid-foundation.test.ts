import { describe, expect, it } from 'vitest';

import { openBrowser } from '../support/browser-client.ts';
import { createProviderKey, signClaims } from '../support/faulty-idp-keys.ts';
import type { Claims } from '../support/faulty-idp.ts';
import {
  type OrganizationOptions,
  type SceneOrganization,
  beginSignIn,
  expectTurnedAway,
  useLoginScene,
} from '../support/login-scene.ts';
import { expectAdmitted, expectHeld, expectSignedIn } from './hostile-scene.ts';
import { changedAfterSigning, unsigned } from './token-forgery.ts';

const nowSeconds = Date.parse('2026-11-24T08:00:00Z') / 1000;
const claims = (change: (good: Claims) => Claims): OrganizationOptions => ({
  idp: { mutate: { idTokenClaims: change } },
});
const without = (name: string) =>
  claims((good) => Object.fromEntries(Object.entries(good).filter(([key]) => key !== name)));
const longer = (name: string) => claims((good) => ({ ...good, [name]: `${String(good[name])}1` }));
const brokenSignature = changedAfterSigning((token) => `${token.slice(0, -8)}AAAAAAAA`);
/** Like the suite's providers: the ID token contains only the subject, and userinfo the other claims. */
const subjectAlone = ({ iss, aud, exp, iat, nonce, sub }: Claims): Claims => ({ iss, aud, exp, iat, nonce, sub });

describe("the OpenID Foundation's modules", () => {
  const scene = useLoginScene('sqlite');

  const endpoints = ({ idp }: SceneOrganization) => idp.requests.map(({ endpoint }) => endpoint);
  const expectNoUserinfo = ({ idp }: SceneOrganization) => expect(idp.count('userinfo')).toBe(0);

  it('oidcc-client-test: signs the user in', async () => {
    const organization = await expectAdmitted(scene, claims(subjectAlone));
    expect(organization.idp.count('userinfo')).toBe(1);
  });

  it('oidcc-client-test-invalid-iss, fapi2-security-profile-final-client-test-invalid-iss: rejects another issuer', async () => {
    expectNoUserinfo(await expectHeld(scene, 'id_token_invalid', longer('iss')));
  });

  it('fapi2-security-profile-final-client-test-invalid-missing-iss: rejects a missing issuer', async () => {
    expectNoUserinfo(await expectHeld(scene, 'id_token_invalid', without('iss')));
  });

  it('oidcc-client-test-missing-sub: rejects a missing subject', async () => {
    expectNoUserinfo(await expectHeld(scene, 'subject_invalid', without('sub')));
  });

  it('oidcc-client-test-invalid-aud, fapi2-security-profile-final-client-test-invalid-aud: rejects another audience', async () => {
    expectNoUserinfo(await expectHeld(scene, 'id_token_invalid', longer('aud')));
  });

  it('oidcc-client-test-missing-aud, fapi2-security-profile-final-client-test-invalid-missing-aud: rejects a missing audience', async () => {
    expectNoUserinfo(await expectHeld(scene, 'id_token_invalid', without('aud')));
  });

  it('fapi2-security-profile-final-client-test-invalid-secondary-aud: rejects a second audience', async () => {
    const options = claims((good) => ({ ...good, aud: [good['aud'], `${String(good['aud'])}1`] }));
    expectNoUserinfo(await expectHeld(scene, 'id_token_invalid', options));
  });

  it('fapi2-security-profile-final-client-test-valid-aud-as-array: accepts a list of one audience', async () => {
    await expectAdmitted(
      scene,
      claims((good) => ({ ...good, aud: [good['aud']] })),
    );
  });

  it('oidcc-client-test-missing-iat: rejects a missing time of issue', async () => {
    expectNoUserinfo(await expectHeld(scene, 'id_token_invalid', without('iat')));
  });

  it('fapi2-security-profile-final-client-test-invalid-expired-exp: rejects a token that expired six minutes ago', async () => {
    const options = claims((good) => ({ ...good, exp: nowSeconds - 360 }));
    expectNoUserinfo(await expectHeld(scene, 'id_token_not_current', options));
  });

  it('fapi2-security-profile-final-client-test-invalid-missing-exp: rejects a missing expiry', async () => {
    expectNoUserinfo(await expectHeld(scene, 'id_token_invalid', without('exp')));
  });

  it('oidcc-client-test-nonce-invalid, fapi2-security-profile-final-client-test-invalid-nonce: rejects another nonce', async () => {
    expectNoUserinfo(await expectHeld(scene, 'id_token_invalid', longer('nonce')));
  });

  it('fapi2-security-profile-final-client-test-invalid-missing-nonce: rejects a missing nonce', async () => {
    expectNoUserinfo(await expectHeld(scene, 'id_token_invalid', without('nonce')));
  });

  it('oidcc-client-test-invalid-athash: rejects the hash of another access token', async () => {
    const options = claims((good) => ({ ...good, at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }));
    expectNoUserinfo(await expectHeld(scene, 'id_token_invalid', options));
  });

  it('oidcc-client-test-invalid-chash: rejects the hash of another code', async () => {
    const options = claims((good) => ({ ...good, c_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }));
    expectNoUserinfo(await expectHeld(scene, 'id_token_invalid', options));
  });

  it.each([
    ['oidcc-client-test-kid-absent-single-jwks: one key of each type', 1],
    ['oidcc-client-test-kid-absent-multiple-jwks: three keys of each type', 3],
  ])('%s', async (_title, perType) => {
    const types = (['RS256', 'ES256', 'EdDSA'] as const).flatMap((type) =>
      Array.from({ length: type === 'RS256' ? perType - 1 : perType }, () => type),
    );
    const others = await Promise.all(types.map((type) => createProviderKey(type, '', '')));
    const encryption = await createProviderKey('RS256', '', '');
    const bare = ({ kid: _kid, alg: _alg, ...jwk }: Claims): Claims => jwk;
    await expectAdmitted(scene, {
      algorithm: 'RS256',
      idp: {
        mutate: {
          keys: ({ keys }) => ({
            keys: [
              { ...bare({ ...encryption.publicJwk }), use: 'enc' },
              ...others.map(({ publicJwk }) => bare({ ...publicJwk })),
              ...keys.map(bare),
            ],
          }),
          sign: (good, key) => signClaims(key, good, { kid: undefined }),
        },
      },
    });
  });

  it('oidcc-client-test-idtoken-sig-rs256: accepts a valid RS256 signature', async () => {
    await expectAdmitted(scene, { algorithm: 'RS256' });
  });

  it('oidcc-client-test-idtoken-sig-none, fapi2-security-profile-final-client-test-invalid-null-alg: rejects an unsigned token', async () => {
    const options = { algorithm: 'RS256', idp: { mutate: { sign: unsigned({ alg: 'none' }) } } } as const;
    expectNoUserinfo(await expectHeld(scene, 'id_token_invalid', options));
  });

  it('fapi2-security-profile-final-client-test-invalid-alternate-alg: rejects another algorithm with a published key', async () => {
    const options = { algorithm: 'RS256', config: { jwtSignatureAlgorithm: 'ES256' } } as const;
    expectNoUserinfo(await expectHeld(scene, 'id_token_algorithm_mismatch', options));
  });

  it.each([
    ['oidcc-client-test-invalid-sig-rs256: a broken signature', 'RS256'],
    ['oidcc-client-test-invalid-sig-hs256: a broken MAC', 'HS256'],
    ['oidcc-client-test-invalid-sig-es256: a broken signature', 'ES256'],
  ] as const)('%s', async (_title, algorithm) => {
    const options = { algorithm, idp: { mutate: { sign: brokenSignature } } };
    expectNoUserinfo(await expectHeld(scene, 'id_token_signature_invalid', options));
  });

  it('oidcc-client-test-userinfo-invalid-sub: rejects userinfo of another subject', async () => {
    const userinfo = (good: Claims) => ({ ...good, sub: `${String(good['sub'])}invalid` });
    await expectHeld(scene, 'userinfo_subject_mismatch', {
      idp: { mutate: { idTokenClaims: subjectAlone, userinfo } },
    });
  });

  it('oidcc-client-test-scope-userinfo-claims, oidcc-client-test-nonce-unless-code-flow: requests the expected scopes and a nonce', async () => {
    const organization = await expectAdmitted(scene, claims(subjectAlone));
    const asked = organization.idp.requests.find(({ endpoint }) => endpoint === 'authorization')?.url.searchParams;
    expect(asked?.get('scope')?.split(' ')).toEqual(['openid', 'profile', 'email']);
    expect(asked?.get('response_type')).toBe('code');
    expect(asked?.get('nonce')).toMatch(/^[\w-]{43,}$/);
    const members = scene.server.database.db
      .selectFrom('memberships')
      .select('email_key')
      .where('organization_id', '=', organization.id);
    expect(await members.execute()).toEqual([{ email_key: 'alice@acme.example' }]);
  });

  it('oidcc-client-test-client-secret-basic: authenticates at a provider that accepts only HTTP Basic', async () => {
    const { idp } = await expectAdmitted(scene, {
      idp: {
        mutate: {
          discovery: (document) => ({ ...document, token_endpoint_auth_methods_supported: ['client_secret_basic'] }),
        },
      },
    });
    const request = idp.requests.find(({ endpoint }) => endpoint === 'token');
    expect(request?.headers.authorization).toMatch(/^Basic /);
    expect(request?.body.has('client_secret')).toBe(false);
  });

  it('oidcc-client-test-userinfo-bearer-header: sends the access token only in the header', async () => {
    const { idp } = await expectAdmitted(scene, claims(subjectAlone));
    const request = idp.requests.find(({ endpoint }) => endpoint === 'userinfo');
    expect(request?.headers.authorization).toMatch(/^Bearer /);
    expect([request?.url.search, request?.body.size]).toEqual(['', 0]);
  });

  it('oidcc-client-test-userinfo-signed: reads userinfo from a signed token', async () => {
    let signed = '';
    await expectAdmitted(scene, {
      idp: {
        mutate: {
          idTokenClaims: subjectAlone,
          sign: async (good, key) => {
            const { iss, aud, sub } = good;
            signed = await signClaims(key, { iss, aud, sub, email: 'alice@acme.example' } as Claims);
            return signClaims(key, good);
          },
          reply: { userinfo: (reply) => ({ ...reply, headers: { 'content-type': 'application/jwt' }, body: signed }) },
        },
      },
    });
  });

  it.each([
    ['oidcc-client-test-aggregated-claims: claims signed by others', { JWT: 'a.b.c' }],
    ['oidcc-client-test-distributed-claims: claims that lie elsewhere', { endpoint: 'http://127.0.0.1:1/claims' }],
  ])('%s', async (_title, source) => {
    const sources = { _claim_names: { groups: 'src1' }, _claim_sources: { src1: source } };
    await expectAdmitted(
      scene,
      claims((good) => ({ ...good, ...sources })),
    );
  });

  it('oidcc-client-test-discovery-openid-config, oidcc-client-test-discovery-jwks-uri-keys: makes the calls in the right order', async () => {
    const organization = await expectAdmitted(scene, {
      idp: {
        mutate: {
          idTokenClaims: subjectAlone,
          discovery: (document) => ({ ...document, jwks_uri: `${String(document['jwks_uri'])}?run=7` }),
        },
      },
    });
    // Keys may be fetched while the code is redeemed, but must be present before the userinfo request.
    const order = endpoints(organization);
    expect([order[0], order[1], order.at(-1)]).toEqual(['discovery', 'authorization', 'userinfo']);
    expect(order.toSorted()).toEqual(['authorization', 'discovery', 'keys', 'token', 'userinfo']);
    expect(organization.idp.requests.find(({ endpoint }) => endpoint === 'keys')?.url.search).toBe('?run=7');
  });

  it("oidcc-client-test-discovery-issuer-mismatch, fapi2-security-profile-final-client-test-discovery-issuer-mismatch: rejects another issuer's document", async () => {
    const discovery = (document: Claims) => ({ ...document, issuer: `${String(document['issuer'])}INVALID` });
    const organization = await expectHeld(scene, 'idp_issuer_mismatch', { idp: { mutate: { discovery } } });
    expect(organization.idp.count('authorization')).toBe(0);
  });

  it('oidcc-client-test-signing-key-rotation-just-before-signing: accepts a key that was published just before signing', async () => {
    const organization = await scene.addOrganization();
    await organization.idp.rotateKeys();
    await expectSignedIn(scene, organization);
  });

  it('oidcc-client-test-signing-key-rotation: accepts new keys between two sign-ins', async () => {
    const organization = await expectAdmitted(scene, claims(subjectAlone));
    await organization.idp.rotateKeys();
    await expectSignedIn(scene, organization);
    expect([organization.idp.count('keys'), organization.idp.count('userinfo')]).toEqual([2, 2]);
  });

  it.each([
    [
      'fapi2-security-profile-final-client-test-invalid-authorization-response-iss: another issuer in the answer',
      'other',
    ],
    ['fapi2-security-profile-final-client-test-remove-authorization-response-iss: no issuer in the answer', 'none'],
  ])('%s', async (_title, kind) => {
    const callback = (parameters: URLSearchParams) => {
      if (kind === 'none') parameters.delete('iss');
      else parameters.set('iss', `${parameters.get('iss')}1`);
    };
    const { idp } = await expectHeld(scene, 'idp_issuer_mismatch', { idp: { mutate: { callback } } });
    expect(idp.count('token')).toBe(0);
  });

  it.each([
    [
      'fapi2-security-profile-final-client-test-ensure-authorization-response-with-invalid-state-fails: another state',
      (url: URL) => url.searchParams.set('state', `${url.searchParams.get('state')}1`),
    ],
    [
      'fapi2-security-profile-final-client-test-ensure-authorization-response-with-invalid-missing-state-fails: no state',
      (url: URL) => url.searchParams.delete('state'),
    ],
  ])('%s', async (_title, change) => {
    const organization = await scene.addOrganization();
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    change(callback);
    await expectTurnedAway(scene, 'attempt_missing', () => browser.visit(callback));
    expect(organization.idp.count('token')).toBe(0);
    await expectSignedIn(scene, await scene.bystander());
  });

  it.each([
    [
      'fapi2-security-profile-final-client-test-token-endpoint-response-without-expires-in: no life',
      { expires_in: undefined },
    ],
    [
      'fapi2-security-profile-final-client-test-token-type-case-insensitivity: the type in another case',
      { token_type: 'bEARER' },
    ],
  ])('%s', async (_title, change) => {
    await expectAdmitted(scene, { idp: { mutate: { token: (good) => ({ ...good, ...change }) } } });
  });
});
