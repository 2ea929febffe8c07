import { describe, expect, it } from 'vitest';

import { engines } from '../../support/databases.ts';
import { createProviderKey, signClaims } from '../../support/faulty-idp-keys.ts';
import {
  type OrganizationOptions,
  type SceneOrganization,
  readToken,
  signIn,
  useLoginScene,
} from '../../support/login-scene.ts';
import { expectAdmitted, expectHeldAt, expectSignedIn } from '../hostile-scene.ts';
import { encode } from '../token-forgery.ts';

describe.each(engines)('the user that an ID token identifies (%s)', (engine) => {
  const scene = useLoginScene(engine);

  const members = (organization: SceneOrganization) =>
    scene.server.database.db
      .selectFrom('memberships')
      .innerJoin('users', 'users.id', 'memberships.user_id')
      .select(['users.id', 'users.email', 'users.first_name', 'users.last_name'])
      .where('memberships.organization_id', '=', organization.id)
      .execute();

  it("H075: rejects a token of another organization that is signed by the same vendor's key", async () => {
    // One key pair signs for both, as at vendors with one JWK Set for all customers.
    const shared = await createProviderKey('ES256', 'vendor-key', '');
    const byVendor: OrganizationOptions = {
      idp: {
        mutate: {
          keys: () => ({ keys: [{ ...shared.publicJwk }] }),
          sign: (claims) => signClaims(shared, claims),
        },
      },
    };
    const good = await expectAdmitted(scene, byVendor);
    const attacked = await expectAdmitted(scene, byVendor);
    attacked.idp.mutate({ idTokenClaims: (claims) => ({ ...claims, iss: good.idp.issuer }) });
    await expectHeldAt(scene, 'id_token_invalid', attacked);
  });

  it('H088: rejects the ID token of an earlier sign-in', async () => {
    const organization = await scene.addOrganization();
    let first = '';
    organization.idp.mutate({
      sign: async (claims, key) => {
        first ||= await signClaims(key, claims);
        return first;
      },
    });
    await expectSignedIn(scene, organization);
    await expectHeldAt(scene, 'id_token_invalid', organization);
  });

  it('H093: subjects that differ in case, Unicode form, spaces or ending are different users', async () => {
    const organization = await scene.addOrganization();
    const subjects = ['Alice', 'alice', 'alice ', 'alic', '\u00c5', 'A\u030a'];
    for (const [index, sub] of subjects.entries()) {
      organization.idp.setClaims({ sub, email: `person-${index}@acme.example`, given_name: 'Alice' });
      await expectSignedIn(scene, organization);
    }
    expect(await members(organization)).toHaveLength(subjects.length);
  });

  it('H095: rejects our own access token as an ID token, and an ID token at our API', async () => {
    const organization = await scene.addOrganization({ algorithm: 'EdDSA' });
    const { browser } = await signIn(scene, { organization });
    const { token } = await readToken(scene, browser);
    let idToken = '';
    organization.idp.mutate({
      sign: async (claims, key) => {
        idToken = await signClaims(key, claims);
        return token;
      },
    });
    await expectHeldAt(scene, 'id_token_invalid', organization);
    const { body } = await scene.server.call('/api/v2/users/me', { token: idToken });
    expect(body).toMatchObject({ statusCode: 403, code: 'token_invalid' });
  });

  it('H096: reads a duplicate JSON member the way the signature check does', async () => {
    const organization = await scene.addOrganization();
    organization.idp.mutate({
      sign: async (claims, key) => {
        if (key.signingKey instanceof Uint8Array) throw new Error('this needs a private key');
        const doubled = JSON.stringify(claims).replace('{', '{"sub":"somebody-else",');
        const input = `${encode({ alg: 'ES256', kid: key.kid })}.${Buffer.from(doubled).toString('base64url')}`;
        const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
        const signature = await crypto.subtle.sign(algorithm, key.signingKey, Buffer.from(input));
        return `${input}.${Buffer.from(signature).toString('base64url')}`;
      },
    });
    await expectSignedIn(scene, organization);
    const identities = scene.server.database.db
      .selectFrom('user_identities')
      .select('subject')
      .where('organization_id', '=', organization.id);
    expect(await identities.execute()).toEqual([{ subject: 'subject-of-alice' }]);
  });

  it('H097: takes email and email_verified from the same source', async () => {
    const organization = await scene.addOrganization({ config: { manageGroupMemberships: true } });
    organization.idp.mutate({
      idTokenClaims: ({ iss, aud, exp, iat, nonce, sub }) => ({
        iss,
        aud,
        exp,
        iat,
        nonce,
        sub,
        email: 'alice@acme.example',
        given_name: 'Alice',
      }),
      userinfo: (claims) => ({ ...claims, email: 'admin@acme.example', email_verified: true }),
    });
    await expectSignedIn(scene, organization);
    expect(await members(organization)).toMatchObject([{ email: 'alice@acme.example' }]);
  });

  it('H098: ignores claims whose names resemble the configured ones', async () => {
    const organization = await scene.addOrganization({ config: { manageGroupMemberships: true } });
    organization.idp.setClaims({
      sub: 'alice',
      email: 'alice@acme.example',
      given_name: 'Alice',
      Email: 'admin@acme.example',
      EMAIL: 'admin@acme.example',
      'https://x/email': 'admin@acme.example',
      Sub: 'admin',
      Groups: ['Admins'],
      'x:groups': ['Admins'],
    });
    await expectSignedIn(scene, organization);
    expect(await members(organization)).toMatchObject([{ email: 'alice@acme.example' }]);
  });

  it('H099: ignores thousands of unknown claims', async () => {
    const more = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`claim-${index}`, index]));
    await expectAdmitted(scene, { idp: { mutate: { idTokenClaims: (claims) => ({ ...claims, ...more }) } } });
  });

  it('H100: stores names with markup, line breaks and control characters clean and short', async () => {
    const organization = await scene.addOrganization();
    organization.idp.setClaims({
      sub: 'alice',
      email: 'alice@acme.example',
      given_name: '<b>Al\r\nice</b>\u202e',
      family_name: 'x'.repeat(100_000).slice(0, 10_000),
    });
    await expectSignedIn(scene, organization);
    expect(await members(organization)).toMatchObject([{ first_name: '<b>Al ice</b>', last_name: 'x'.repeat(255) }]);
  });

  it('H100: falls back to the e-mail address if no name claim is usable', async () => {
    const organization = await scene.addOrganization();
    organization.idp.setClaims({ sub: 'alice', email: 'alice@acme.example', given_name: 7, name: null });
    await expectSignedIn(scene, organization);
    expect(await members(organization)).toMatchObject([{ first_name: 'alice' }]);
  });
});
