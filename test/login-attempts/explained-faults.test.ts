import { hash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { signatureAlgorithms } from '../../src/contract/algorithms.ts';
import { attemptRecords, refusedRecord } from '../support/attempt-records.ts';
import { jsonReply } from '../support/faulty-idp-replies.ts';
import type { Claims, Mutations } from '../support/faulty-idp.ts';
import { type OrganizationOptions, useLoginScene } from '../support/login-scene.ts';
import { expectAdmitted } from '../conformance/hostile-scene.ts';

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
const idToken = (change: (claims: Claims) => Claims): Mutations => ({ idTokenClaims: change });
const signedAs = (token: string): Mutations => ({ sign: () => token });
const callback = (change: (parameters: URLSearchParams) => void): Mutations => ({ callback: change });
const error = (name: string, description?: string, hasIss = true): Mutations =>
  callback((parameters) => {
    parameters.delete('code');
    if (!hasIss) parameters.delete('iss');
    parameters.set('error', name);
    if (description !== undefined) parameters.set('error_description', description);
  });
const tokenError = (body: object, status = 400): Mutations => ({ reply: { token: () => jsonReply(body, status) } });

interface Fault {
  readonly code: string;
  readonly mutate: Mutations;
  readonly config?: OrganizationOptions['config'];
  /** The step that failed. */
  readonly step: object;
  /** What the explanation says, and what it must not say. */
  readonly says: RegExp;
  readonly never?: RegExp;
}

const isoTime = { auth_time: '2026-11-30T20:00:00.000Z' };
const faults: Readonly<Record<string, Fault>> = {
  'an auth_time that is a string': {
    code: 'id_token_invalid',
    mutate: idToken((claims) => ({ ...claims, ...isoTime })),
    step: { name: 'auth_time', found: 'a string of 24 characters' },
    says: /check of auth_time.*seconds since 1970/su,
    never: /library|clock/u,
  },
  ...Object.fromEntries(
    ['auth_time', 'nbf', 'exp', 'iat'].map((name): [string, Fault] => [
      `${name} that is null`,
      {
        code: 'id_token_invalid',
        mutate: idToken((claims) => ({ ...claims, [name]: null })),
        step: { name, found: 'null' },
        says: new RegExp(`check of ${name}.*seconds since 1970`, 'su'),
        never: /library|clocks/u,
      },
    ]),
  ),
  'exp that is a string': {
    code: 'id_token_invalid',
    mutate: idToken((claims) => ({ ...claims, exp: String(claims['exp']) })),
    step: { name: 'exp', found: 'a string of 10 characters' },
    says: /check of exp.*seconds since 1970/su,
  },
  'iat in milliseconds': {
    code: 'id_token_not_current',
    mutate: idToken((claims) => ({ ...claims, iat: Number(claims['iat']) * 1000, exp: Number(claims['exp']) * 1000 })),
    step: { name: 'iat', found: expect.stringContaining('milliseconds') },
    says: /seconds since 1970/u,
    never: /clocks/u,
  },
  'azp that is null': {
    code: 'id_token_invalid',
    mutate: idToken((claims) => ({ ...claims, azp: null })),
    step: { name: 'azp', found: 'null' },
    says: /azp/u,
    never: /library/u,
  },
  'at_hash that is null': {
    code: 'id_token_invalid',
    mutate: idToken((claims) => ({ ...claims, at_hash: null })),
    step: { name: 'at_hash', found: 'null' },
    says: /check of at_hash.*left half/su,
  },
  'H369: one untrusted audience among trusted ones': {
    code: 'id_token_invalid',
    config: { trustedAudiences: ['project-1', 'app-2'] },
    mutate: idToken(({ aud, ...claims }) => ({ ...claims, aud: [aud, 'app-2', 'app-3', 'project-1'], azp: aud })),
    step: { name: 'aud' },
    says: /not trusted: app-3\..*add app-3 to trustedAudiences/su,
    never: /Store the client id/u,
  },
  'H369: an untrusted audience without azp': {
    code: 'id_token_invalid',
    mutate: idToken(({ aud, ...claims }) => ({ ...claims, aud: [aud, 'app-3'] })),
    step: { name: 'aud' },
    says: /add app-3 to trustedAudiences/u,
  },
  'several trusted audiences without azp': {
    code: 'id_token_invalid',
    config: { trustedAudiences: ['app-2'] },
    mutate: idToken(({ aud, ...claims }) => ({ ...claims, aud: [aud, 'app-2'] })),
    step: { name: 'azp', found: 'none' },
    says: /azp/u,
    never: /trustedAudiences/u,
  },
  'an encrypted ID token': {
    code: 'id_token_invalid',
    mutate: signedAs('a.b.c.d.e'),
    step: { name: 'form', found: 'five parts: an encrypted token' },
    says: /encryption of ID tokens off/u,
  },
  'an unsigned ID token': {
    code: 'id_token_invalid',
    mutate: signedAs(`${encoded({ alg: 'none' })}.${encoded({})}.`),
    step: { name: 'form', found: 'no signature: an unsigned token' },
    says: /sign ID tokens/u,
  },
  'an ID token of two parts': {
    code: 'id_token_invalid',
    mutate: signedAs(`${encoded({ alg: 'none' })}.${encoded({})}`),
    step: { name: 'form', found: 'two parts: the signature is missing' },
    says: /sign ID tokens/u,
  },
  'an ID token that is garbage': {
    code: 'id_token_invalid',
    mutate: signedAs('<html>'),
    step: { name: 'form', found: 'a string of 6 characters' },
    says: /tokenEndpoint/u,
    never: /html/u,
  },
  ...Object.fromEntries(
    ['HS384', 'HS512', 'ES256K', 'none'].map((alg): [string, Fault] => [
      `an ID token signed with ${alg}, which is not supported`,
      {
        code: 'id_token_algorithm_mismatch',
        mutate: signedAs(`${encoded({ alg })}.${encoded({})}.c2ln`),
        step: { name: 'alg', expected: 'ES256', found: alg },
        says: /not supported here.*RS256, HS256/su,
        never: new RegExp(`Set jwtSignatureAlgorithm to ${alg}`, 'u'),
      },
    ]),
  ),
  'an ID token signed with the newer name of EdDSA': {
    code: 'id_token_algorithm_mismatch',
    mutate: signedAs(`${encoded({ alg: 'Ed25519' })}.${encoded({})}.c2ln`),
    step: { name: 'alg' },
    says: /Set jwtSignatureAlgorithm to EdDSA/u,
  },
  'an address in a list, in another claim': {
    code: 'email_invalid',
    config: { emailClaims: ['emails'] },
    mutate: idToken((claims) => ({ ...claims, emails: ['a@acme.example', 'b@acme.example'] })),
    step: { name: 'email' },
    says: /The claim emails holds no e-mail address.*Map the claim emails/su,
    never: /The claim email /u,
  },
  'an address with letters outside ASCII before the @': {
    code: 'email_invalid',
    mutate: idToken((claims) => ({ ...claims, email: 'jürgen@acme.example' })),
    step: { name: 'email' },
    says: /letters outside ASCII.*emailClaims/su,
    never: /jürgen/u,
  },
  'no address where userinfo is never requested': {
    code: 'email_missing',
    config: { userinfo: 'never', emailClaims: ['mail', 'upn'] },
    mutate: {},
    step: { name: 'email' },
    says: /userinfo was not requested \(claim mail, upn\)/u,
    never: /Neither/u,
  },
  'userinfo without a subject': {
    code: 'userinfo_subject_mismatch',
    config: { userinfo: 'always' },
    mutate: { userinfo: ({ sub: _sub, ...claims }) => claims },
    step: { name: 'userinfo' },
    says: /has no sub/u,
    never: /another subject/u,
  },
  'H365: an error in a response that lacks the promised iss': {
    code: 'idp_issuer_mismatch',
    mutate: error('access_denied', 'User is not assigned to the client application.', false),
    step: { name: 'callback_iss', found: 'none' },
    says: /lacks the parameter iss.*Unverified.*"access_denied: User is not assigned to the client application\."/su,
    never: /spell|final slash/u,
  },
  'H365: a code in a response that lacks the promised iss': {
    code: 'idp_issuer_mismatch',
    mutate: callback((parameters) => parameters.delete('iss')),
    step: { name: 'callback_iss', found: 'none' },
    says: /lacks the parameter iss/u,
    never: /Unverified, the response says/u,
  },
  'H365: an error in a response of another issuer': {
    code: 'idp_issuer_mismatch',
    mutate: callback((parameters) => {
      parameters.delete('code');
      parameters.set('iss', 'https://evil.example');
      parameters.set('error', 'access_denied');
    }),
    step: { name: 'callback_iss', found: 'https://evil.example' },
    says: /names the issuer https:\/\/evil\.example.*Unverified.*access_denied/su,
  },
  'invalid_request from a provider that does not list PKCE': {
    code: 'idp_error',
    mutate: error('invalid_request', 'unexpected parameter'),
    step: { name: 'idp_answer', found: 'invalid_request: unexpected parameter' },
    says: /"invalid_request: unexpected parameter".*does not list PKCE.*code_challenge/su,
  },
  'invalid_request at the token endpoint of a provider that does not list PKCE': {
    code: 'idp_error',
    mutate: tokenError({ error: 'invalid_request' }),
    step: { name: 'token_request' },
    says: /does not list PKCE/u,
  },
  'invalid_request from a provider that lists PKCE': {
    code: 'idp_error',
    mutate: {
      discovery: (good) => ({ ...good, code_challenge_methods_supported: ['plain', 'S256'] }),
      ...error('invalid_request'),
    },
    step: { name: 'idp_answer' },
    says: /calls the request invalid/u,
    never: /does not list PKCE/u,
  },
  'a denial without a description': {
    code: 'idp_denied',
    mutate: error('access_denied'),
    step: { name: 'idp_answer' },
    says: /denied the sign-in, or the user cancelled.*assigned/su,
    never: /consent/u,
  },
  'an internal error of the provider': {
    code: 'idp_error',
    mutate: error('server_error', 'mapper failed'),
    step: { name: 'idp_answer' },
    says: /"server_error: mapper failed"/u,
    never: /status page/u,
  },
  'a login that the provider requires': {
    code: 'idp_error',
    mutate: error('login_required'),
    step: { name: 'idp_answer' },
    says: /prompt=none/u,
    never: /Take `none` out of `prompt`/u,
  },
  'an unknown error': {
    code: 'idp_error',
    mutate: tokenError({ error: 'quota_exceeded', error_description: 'buy more' }),
    step: { name: 'token_request' },
    says: /"quota_exceeded: buy more"/u,
  },
  'a code that the provider rejects with a description': {
    code: 'idp_code_refused',
    mutate: tokenError({ error: 'invalid_grant', error_description: 'DPoP proof required' }),
    step: { name: 'token_request' },
    says: /"invalid_grant: DPoP proof required".*DPoP/su,
  },
  'a response of another flow': {
    code: 'callback_malformed',
    mutate: callback((parameters) => parameters.set('id_token', 'x')),
    step: { name: 'callback_form' },
    says: /id_token, which belongs to another flow/u,
  },
  'a response with neither code nor error': {
    code: 'callback_malformed',
    mutate: callback((parameters) => parameters.delete('code')),
    step: { name: 'callback_form' },
    says: /neither a code nor an error/u,
  },
  'a token response that is a web page': {
    code: 'idp_response_invalid',
    mutate: {
      reply: { token: () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }) },
    },
    step: { name: 'token_request' },
    says: /other than JSON at its token endpoint/u,
    never: /content_type/u,
  },
  'a redirect at the token endpoint': {
    code: 'idp_response_invalid',
    mutate: { reply: { token: () => ({ status: 307, headers: { location: 'https://a.example/' }, body: '' }) } },
    step: { name: 'token_request' },
    says: /redirects at its token endpoint/u,
  },
  'a token response beyond its size': {
    code: 'idp_response_invalid',
    mutate: { token: (good) => ({ ...good, padding: 'x'.repeat(300_000) }) },
    step: { name: 'token_request', found: expect.stringMatching(/^(?:more than )?\d{6} bytes$/u) },
    says: /too large: .*expected at most 262144 bytes.*groups/su,
  },
  'a token that is bound to a proof': {
    code: 'idp_response_invalid',
    mutate: { token: (good) => ({ ...good, token_type: 'DPoP' }) },
    step: { name: 'token_request' },
    says: /token_type other than Bearer/u,
  },
};

describe('the record of a fault', () => {
  const scene = useLoginScene('sqlite');

  it.each(Object.entries(faults))('%s', async (_what, { code, mutate, config = {}, step, says, never }) => {
    const organization = await scene.addOrganization({ config, idp: { mutate } });
    const { steps, explanation } = await refusedRecord(scene, { organization, code });
    expect(steps.filter(({ outcome }) => outcome === 'failed')).toMatchObject([step]);
    const text = `${explanation.whatHappened} ${explanation.whatToDo}`;
    expect(text).toMatch(says);
    if (never !== undefined) expect(text).not.toMatch(never);
    const named = /jwtSignatureAlgorithm to (?<name>\w+)/u.exec(text)?.groups?.['name'];
    expect([undefined, ...signatureAlgorithms]).toContain(named);
  });

  it('a provider that is paused after repeated failures', async () => {
    const organization = await scene.addOrganization({
      idp: { mutate: { reply: { token: (reply) => ({ ...reply, fault: 'close' }) } } },
    });
    for (let failures = 0; failures < 5; failures += 1) {
      await refusedRecord(scene, { organization, code: 'idp_unreachable' });
    }
    const { explanation } = await refusedRecord(scene, { organization, code: 'idp_paused' });
    expect(explanation.whatHappened).toContain('paused');
    expect(explanation.whatHappened).not.toContain('this server.');
  });

  it('H369: accepts the maximum number of trusted audiences', async () => {
    const trustedAudiences = Array.from({ length: 32 }, (_, index) => `application-${index}`);
    await expectAdmitted(scene, {
      config: { trustedAudiences },
      idp: { mutate: idToken(({ aud, ...claims }) => ({ ...claims, aud: [...trustedAudiences, aud], azp: aud })) },
    });
  });

  it.each([
    ['without padding', ''],
    ['with padding', '=='],
  ])('H367: compares an at_hash %s', async (_what, padding) => {
    const access_token = 'the-access-token';
    const at_hash = hash('sha256', access_token, 'buffer').subarray(0, 16).toString('base64url') + padding;
    const token = (good: Claims) => ({ ...good, access_token });
    const organization = await expectAdmitted(scene, {
      idp: { mutate: { token, ...idToken((claims) => ({ ...claims, at_hash })) } },
    });
    const { steps } = await attemptRecords(scene).newest(organization);
    expect(steps.find(({ name }) => name === 'at_hash')).toMatchObject({ outcome: 'passed', found: 'the same' });
    organization.idp.mutate(idToken((claims) => ({ ...claims, at_hash: `${'A'.repeat(22)}${padding}` })));
    await refusedRecord(scene, { organization, code: 'id_token_invalid' });
  });
});
