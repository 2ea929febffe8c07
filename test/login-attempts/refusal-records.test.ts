import { describe, expect, it } from 'vitest';

import type { LoginAttempt } from '../../src/contract/login-attempts.ts';
import { refusedRecord } from '../support/attempt-records.ts';
import { openBrowser } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import type { FaultyIdp } from '../support/faulty-idp.ts';
import { beginSignIn, loginUrl, signIn, tamper, useLoginScene } from '../support/login-scene.ts';

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
const failed = ({ steps }: LoginAttempt) => steps.filter(({ outcome }) => outcome === 'failed');

describe.each(engines)('the record of a refused sign-in (%s)', (engine) => {
  const scene = useLoginScene(engine, { SALLYPORT_VERIFIED_DOMAINS: 'acme.example:owner' });

  type Faults = readonly [
    name: string,
    code: string,
    breakIt: (idp: FaultyIdp) => void,
    step: object,
    explained: RegExp,
  ];
  const faults: readonly Faults[] = [
    [
      'a token for another client',
      'id_token_invalid',
      (idp) => idp.mutate({ idTokenClaims: (claims) => ({ ...claims, aud: 'another-client' }) }),
      { name: 'aud', expected: 'sallyport-client', found: 'another-client' },
      /aud failed: expected sallyport-client, found another-client.*Store the client id/su,
    ],
    [
      'a token of another issuer',
      'id_token_invalid',
      (idp) => idp.mutate({ idTokenClaims: (claims) => ({ ...claims, iss: 'https://other.example' }) }),
      { name: 'iss', found: 'https://other.example' },
      /discoveryURL or issuer/u,
    ],
    [
      'an expired token',
      'id_token_not_current',
      (idp) => idp.mutate({ idTokenClaims: (claims) => ({ ...claims, exp: Number(claims['iat']) - 3600 }) }),
      {
        name: 'exp',
        expected: expect.stringContaining('after 2026-11-24T'),
        found: expect.stringMatching(/^2026-11-2/u),
      },
      /clocks/u,
    ],
    [
      'a token with another algorithm',
      'id_token_algorithm_mismatch',
      (idp) => idp.mutate({ sign: () => `${encoded({ alg: 'RS256' })}.${encoded({})}.c2ln` }),
      { name: 'alg', expected: 'ES256', found: 'RS256' },
      /signed with RS256, but ES256.*jwtSignatureAlgorithm to RS256/su,
    ],
    [
      'another nonce',
      'id_token_invalid',
      (idp) => idp.mutate({ idTokenClaims: (claims) => ({ ...claims, nonce: 'x'.repeat(43) }) }),
      { name: 'nonce', expected: 'the nonce of this attempt', found: 'a string of 43 characters' },
      /nonce/u,
    ],
    [
      'a forged signature',
      'id_token_signature_invalid',
      (idp) => idp.mutate({ idTokenHeader: { kid: 'nobody' } }),
      { name: 'signature' },
      /jwksUri/u,
    ],
    [
      'a wrong client secret',
      'idp_client_refused',
      (idp) =>
        idp.mutate({ reply: { token: (reply) => ({ ...reply, status: 401, body: '{"error":"invalid_client"}' }) } }),
      { name: 'token_request', found: 'invalid_client' },
      /client secret/u,
    ],
    [
      'a token endpoint that fails',
      'idp_unreachable',
      (idp) => idp.mutate({ reply: { token: (reply) => ({ ...reply, status: 503 }) } }),
      { name: 'token_request' },
      /status 503 at its token endpoint/u,
    ],
    [
      'an error of the provider',
      'idp_denied',
      (idp) =>
        idp.mutate({
          callback: (parameters) => {
            parameters.delete('code');
            parameters.set('error', 'access_denied');
          },
        }),
      { name: 'idp_answer', found: 'access_denied' },
      /./u,
    ],
    [
      'no address',
      'email_missing',
      (idp) => idp.setClaims({ sub: 'x', given_name: 'A', family_name: 'B' }),
      { name: 'email' },
      /claim email/u,
    ],
    [
      'an empty subject',
      'subject_invalid',
      (idp) => idp.mutate({ idTokenClaims: (claims) => ({ ...claims, sub: '   ' }) }),
      { name: 'sub', found: 'a string of 3 characters' },
      /Map sub/u,
    ],
    [
      'userinfo of another subject',
      'userinfo_subject_mismatch',
      (idp) =>
        idp.mutate({
          idTokenClaims: ({ email: _email, ...claims }) => claims,
          userinfo: (claims) => ({ ...claims, sub: 'somebody-else' }),
        }),
      { name: 'userinfo' },
      /another subject/u,
    ],
    [
      'another issuer at the callback',
      'idp_issuer_mismatch',
      (idp) => idp.mutate({ callback: (parameters) => parameters.set('iss', 'https://evil.example') }),
      { name: 'callback_iss', found: 'https://evil.example' },
      /https:\/\/evil\.example/u,
    ],
  ];

  it.each(faults)('%s: %s, with the failed step and what to do', async (_name, code, breakIt, step, explained) => {
    const organization = await scene.addOrganization();
    breakIt(organization.idp);
    const attempt = await refusedRecord(scene, { organization, code: code });
    expect(failed(attempt)).toMatchObject([step]);
    expect(attempt.steps.at(-1)).toMatchObject({ outcome: 'failed' });
    expect(`${attempt.explanation.whatHappened} ${attempt.explanation.whatToDo}`).toMatch(explained);
    expect(attempt).toMatchObject({ outcome: 'refused', code, userId: null, email: null });
    expect(attempt.message).toMatch(/^\S.*\.$/u);
  });

  it.each([
    ['a body', '{"error":"invalid_client"}'],
    ['no body', ''],
  ])('a client that authenticates with a key is pointed to the key, with %s', async (_what, body) => {
    const organization = await scene.addOrganization({
      config: { tokenEndpointAuthMethod: 'private_key_jwt' },
    });
    organization.idp.mutate({ reply: { token: (reply) => ({ ...reply, status: 401, body }) } });
    const { explanation, message } = await refusedRecord(scene, { organization, code: 'idp_client_refused' });
    expect(explanation.whatHappened).toContain('key');
    expect(explanation.whatToDo).toContain('JWK Set URL that client-keys shows');
    expect(JSON.stringify(explanation)).not.toMatch(/secret/iu);
    expect(message).toContain('secret or key');
  });

  it('a client that authenticates with a secret sees by which method the secret was sent', async () => {
    const organization = await scene.addOrganization({ config: { tokenEndpointAuthMethod: 'client_secret_post' } });
    organization.idp.mutate({ reply: { token: (reply) => ({ ...reply, status: 401, body: '' }) } });
    const { explanation } = await refusedRecord(scene, { organization, code: 'idp_client_refused' });
    expect(explanation.whatHappened).toContain('sent by client_secret_post');
    expect(explanation.whatToDo).toContain('tokenEndpointAuthMethod');
  });

  it('shows a domain that is not allowed, and the field that would allow it', async () => {
    const organization = await scene.addOrganization({ config: { allowedEmailDomains: 'acme.example' } });
    organization.idp.setClaims({ sub: 'x', email: 'mallory@evil.example', given_name: 'A', family_name: 'B' });
    const attempt = await refusedRecord(scene, { organization, code: 'email_domain_not_allowed' });
    expect(failed(attempt)).toMatchObject([{ name: 'provisioning', found: 'evil.example' }]);
    expect(attempt.provisioning).toEqual({
      decision: 'refused',
      reason: expect.stringContaining('is not in allowedEmailDomains'),
      changedFields: [],
    });
    expect(attempt.explanation.whatToDo).toContain('add evil.example to allowedEmailDomains');
    expect(JSON.stringify(attempt)).not.toContain('mallory');
  });

  it('explains a deactivated member', async () => {
    const organization = await scene.addOrganization();
    await signIn(scene, { organization });
    await tamper(scene, (tx) =>
      tx.updateTable('memberships').set({ is_active: 0 }).where('organization_id', '=', organization.id).execute(),
    );
    const attempt = await refusedRecord(scene, { organization, code: 'member_inactive' });
    expect(attempt.provisioning?.reason).toBe('The membership is deactivated.');
    expect(attempt.explanation.whatToDo).toBe('Activate the membership.');
  });

  it('explains a connection that changed during the sign-in', async () => {
    const organization = await scene.addOrganization();
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    await scene.changeConfig(organization, { clientId: 'another' });
    const attempt = await refusedRecord(scene, { organization, code: 'config_changed' }, () => browser.visit(callback));
    expect(failed(attempt)).toMatchObject([{ name: 'configuration' }]);
  });

  it('explains a start that reaches no provider, with the domain that selected the organization', async () => {
    const organization = await scene.addOrganization({ slug: 'owner' });
    await organization.idp.close();
    const attempt = await refusedRecord(scene, { organization, code: 'idp_unreachable' }, () =>
      openBrowser().visit(loginUrl(scene, { email: 'alice@acme.example' })),
    );
    expect(attempt.route).toMatchObject({ by: 'email', configRevision: 1 });
    expect(attempt.steps).toMatchObject([{ name: 'discovery', outcome: 'failed' }]);
    expect(JSON.stringify(attempt)).not.toContain('alice@');
    await scene.deleteConfig(organization);
  });

  it('explains an error whose meaning the vendor has published', async () => {
    const organization = await scene.addOrganization();
    organization.idp.mutate({
      callback: (parameters) => {
        parameters.delete('code');
        parameters.set('error', 'invalid_scope');
        parameters.set('error_description', `no scope for alice@acme.example ${'t'.repeat(60)}`);
      },
    });
    const attempt = await refusedRecord(scene, { organization, code: 'idp_error' });
    expect(attempt.explanation.whatHappened).toBe(
      'The identity provider does not grant a scope that was requested. The identity provider says: "invalid_scope: no scope for […]@acme.example […]".',
    );
    expect(JSON.stringify(attempt)).not.toContain('alice@');
  });
});
