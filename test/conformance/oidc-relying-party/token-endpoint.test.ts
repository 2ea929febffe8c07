import { describe, expect, it } from 'vitest';

import { Secret } from '../../../src/kernel/secret.ts';
import { jsonReply, type Reply } from '../../support/faulty-idp-replies.ts';
import { attempt } from './attempt.ts';

const answering = (change: (reply: Reply) => Reply) => attempt({ mutate: { reply: { token: change } } });
const html = { 'content-type': 'text/html' };

describe('a response of the token endpoint', () => {
  it.each<[string, Reply, string]>([
    ['401 invalid_client', jsonReply({ error: 'invalid_client' }, 401), 'idp_client_refused'],
    ['400 invalid_client', jsonReply({ error: 'invalid_client' }, 400), 'idp_client_refused'],
    ['401 with HTML', { status: 401, headers: html, body: '<html>' }, 'idp_client_refused'],
    ['400 unauthorized_client', jsonReply({ error: 'unauthorized_client' }, 400), 'idp_client_refused'],
    ['400 invalid_grant', jsonReply({ error: 'invalid_grant' }, 400), 'idp_code_refused'],
    ['200 with an error', jsonReply({ error: 'invalid_grant' }), 'idp_code_refused'],
    ['400 invalid_scope', jsonReply({ error: 'invalid_scope' }, 400), 'idp_error'],
    ['400 with HTML', { status: 400, headers: html, body: '<html>' }, 'idp_error'],
    ['500', { status: 500, headers: html, body: 'oops' }, 'idp_unreachable'],
    ['503', { status: 503, headers: { 'retry-after': '315360000' }, body: '' }, 'idp_unreachable'],
    ['429', { status: 429, headers: {}, body: '' }, 'idp_unreachable'],
    [
      '200 with nothing',
      { status: 200, headers: { 'content-type': 'application/json' }, body: '' },
      'idp_response_invalid',
    ],
    ['200 with HTML', { status: 200, headers: html, body: '<html>' }, 'idp_response_invalid'],
    ['200 with a list', jsonReply([]), 'idp_response_invalid'],
    ['a redirect', { status: 307, headers: { location: 'http://127.0.0.1:1/' }, body: '' }, 'idp_response_invalid'],
  ])('%s', async (_what, reply, code) => {
    expect((await answering(() => reply)).code).toBe(code);
  });

  it.each(['endless', 'close', 'cut'] as const)(
    '%s ends the sign-in, and the code is sent only once',
    async (fault) => {
      const { code, idp } = await attempt({
        mutate: {
          reply: { token: (reply) => ({ ...reply, fault }) },
        },
      });
      expect(code).toMatch(/^idp_(?:unreachable|response_invalid)$/);
      expect(idp.count('token')).toBe(1);
    },
  );

  it.each([
    ['no ID token', { id_token: undefined }, 'id_token_missing'],
    ['the ID token null', { id_token: null }, 'id_token_missing'],
    ['an ID token that is no text', { id_token: 7 }, 'idp_response_invalid'],
    ['no token_type', { token_type: undefined }, 'idp_response_invalid'],
    ['token_type mac', { token_type: 'mac' }, 'idp_response_invalid'],
    ['token_type N_A', { token_type: 'N_A' }, 'idp_response_invalid'],
    ['token_type DPoP', { token_type: 'DPoP' }, 'idp_response_invalid'],
  ])('with %s is refused', async (_what, change, code) => {
    const result = await attempt({ mutate: { token: (body) => ({ ...body, ...change }) } });
    expect(result.code).toBe(code);
    expect(result.idp.count('userinfo')).toBe(0);
  });

  it.each([
    { token_type: 'bEaReR' },
    { expires_in: -1 },
    { expires_in: '300' },
    { expires_in: 1e99 },
    { expires_in: undefined },
    { refresh_token: 7 },
    { scope: ['openid'] },
  ])('is accepted with %j, which the server does not use', async (change) => {
    expect((await attempt({ mutate: { token: (body) => ({ ...body, ...change }) } })).code).toBe('signed_in');
  });

  it('that echoes a secret is recorded without the secret', async () => {
    const { meta } = await attempt({
      mutate: {
        reply: {
          token: () =>
            jsonReply({ error: 'invalid_request', error_description: 'got sécret&1 and s%C3%A9cret%261' }, 400),
        },
      },
      connection: { clientSecret: new Secret('sécret&1') },
    });
    expect(meta['errorDescription']).toBe('got [redacted] and [redacted]');
  });
});

describe('client authentication', () => {
  const methods = (token_endpoint_auth_methods_supported: unknown) => ({
    mutate: { discovery: (document: object) => ({ ...document, token_endpoint_auth_methods_supported }) },
  });
  const sentBasic = (found: Awaited<ReturnType<typeof attempt>>) =>
    found.idp.requests.find(({ endpoint }) => endpoint === 'token')?.headers.authorization !== undefined;

  it.each([
    ['both methods', ['client_secret_post', 'client_secret_basic'], true],
    ['basic alone', ['client_secret_basic'], true],
    ['post alone', ['client_secret_post'], false],
    ['post and others', ['private_key_jwt', 'client_secret_post'], false],
    ['nothing', undefined, true],
    ['nothing that can be read', 'client_secret_post', true],
  ])('works at a provider that lists %s', async (_what, supported, basic) => {
    const result = await attempt(methods(supported));
    expect(result.code).toBe('signed_in');
    expect(sentBasic(result)).toBe(basic);
  });

  it.each(['a:b', '100%', 'a+b c', 'ümlaut', "-_.!~*'()"])('works with the secret %j', async (clientSecret) => {
    expect((await attempt({ clientSecret })).code).toBe('signed_in');
    expect((await attempt({ clientSecret, ...methods(['client_secret_post']) })).code).toBe('signed_in');
  });

  it('escapes nothing that needs no escape, because some providers do not decode it', async () => {
    const { idp } = await attempt({ clientSecret: 'a-secret_of.57*' });
    const { headers } = idp.requests.find(({ endpoint }) => endpoint === 'token') ?? {};
    const credentials = Buffer.from(headers?.authorization?.replace('Basic ', '') ?? '', 'base64').toString();
    expect(credentials).toBe(`${idp.clientId}:a-secret_of.57*`);
  });

  it('reports a wrong secret as a wrong secret', async () => {
    expect((await attempt({ connection: { clientSecret: new Secret('wrong') } })).code).toBe('idp_client_refused');
  });
});
