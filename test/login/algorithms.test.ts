import { describe, expect, it } from 'vitest';

import type { SignatureAlgorithm } from '../../src/contract/algorithms.ts';
import { engines } from '../support/databases.ts';
import { expectRefusal, readToken, signIn, useLoginScene } from '../support/login-scene.ts';

describe.each(engines)('the signature algorithm of a connection (%s)', (engine) => {
  const scene = useLoginScene(engine);

  it('defaults to RS256', async () => {
    const organization = await scene.addOrganization();
    await scene.deleteConfig(organization);
    const { discoveryUrl: discoveryURL, clientId, clientSecret } = organization.idp;
    const place = { configurationType: 'discoveryURL', discoveryURL, clientId, clientSecret };
    const json = { organizationId: organization.id, isActive: true, ...place };
    const { body } = await scene.server.call('/api/v1/sso/oidc/config', { token: scene.boot.token, json });
    expect(body.jwtSignatureAlgorithm).toBe('RS256');
    await expectRefusal(scene, 'id_token_algorithm_mismatch', () => signIn(scene, { organization }));
  });

  it.each<SignatureAlgorithm>(['RS256', 'RS512', 'HS256', 'EdDSA', 'ES256', 'PS384'])(
    'signs users in with %s',
    async (algorithm) => {
      const organization = await scene.addOrganization({ algorithm });
      const { browser } = await signIn(scene, { organization });
      expect(await readToken(scene, browser)).toMatchObject({ status: 200, organizationId: organization.id });
    },
  );

  it.each<[SignatureAlgorithm, SignatureAlgorithm]>([
    ['RS256', 'RS512'],
    ['RS256', 'HS256'],
    ['HS256', 'RS256'],
    ['EdDSA', 'HS256'],
    ['ES256', 'EdDSA'],
    ['PS256', 'RS256'],
  ])('rejects %s if %s is configured', async (signed, configured) => {
    const organization = await scene.addOrganization({
      algorithm: signed,
      config: { jwtSignatureAlgorithm: configured },
    });
    // The provider does not announce its signature algorithm, so only the token shows it.
    organization.idp.mutate({
      discovery: (document) => ({ ...document, id_token_signing_alg_values_supported: [configured] }),
    });
    await expectRefusal(scene, 'id_token_algorithm_mismatch', () => signIn(scene, { organization }));
  });

  it.each([
    ['nothing in the place of a signature', '', 'id_token_invalid'],
    ['something in the place of a signature', 'AAAA', 'id_token_algorithm_mismatch'],
  ])('rejects the algorithm "none" with %s', async (_name, signature, code) => {
    const organization = await scene.addOrganization();
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    organization.idp.mutate({ sign: (claims) => `${encode({ alg: 'none' })}.${encode(claims)}.${signature}` });
    await expectRefusal(scene, code, () => signIn(scene, { organization }));
  });

  it('rejects a token signed with a key that the provider does not publish', async () => {
    const organization = await scene.addOrganization();
    const stranger = await scene.addOrganization();
    const { publicJwk } = await stranger.idp.rotateKeys();
    organization.idp.mutate({ keys: () => ({ keys: [{ ...publicJwk, kid: 'key-1' }] }) });
    await expectRefusal(scene, 'id_token_signature_invalid', () => signIn(scene, { organization }));
  });
});
