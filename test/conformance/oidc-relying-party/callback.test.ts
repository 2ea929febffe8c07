import { describe, expect, it } from 'vitest';

import { attempt, type AttemptOptions } from './attempt.ts';

/** Signs in with a changed callback query, and returns whether the code was sent to the token endpoint. */
function withQuery(change: (query: URLSearchParams) => void, options: AttemptOptions = {}) {
  return attempt({
    ...options,
    tamper: (answer) => {
      const callbackUrl = new URL(answer.callbackUrl);
      change(callbackUrl.searchParams);
      return { ...answer, callbackUrl };
    },
  });
}

describe('rejects a malformed callback before any request to the provider', () => {
  it.each<[string, (query: URLSearchParams) => void]>([
    ['no parameters', (query) => [...query.keys()].forEach((name) => query.delete(name))],
    ['no state', (query) => query.delete('state')],
    ['another state', (query) => query.set('state', 'x'.repeat(43))],
    ['state with one more character', (query) => query.set('state', `${query.get('state')}1`)],
    ['H109: state twice', (query) => query.append('state', query.get('state') ?? '')],
    ['no code and no error', (query) => query.delete('code')],
    ['an empty code', (query) => query.set('code', '')],
    ['H109: code twice', (query) => query.append('code', 'another')],
    ['H109: code as a list', (query) => query.append('code[]', 'another')],
    ['H108, H109: iss twice', (query) => query.append('iss', query.get('iss') ?? '')],
    ['H109: error twice', (query) => ['a', 'b'].forEach((error) => query.append('error', error))],
    ['H109: code and error together', (query) => query.set('error', 'access_denied')],
    ['an error with another state', (query) => ['code', 'state'].forEach((name) => query.delete(name))],
    ['H112: a JARM response', (query) => query.set('response', 'a.b.c')],
    ['an ID token', (query) => query.set('id_token', 'a.b.c')],
    ['an access token', (query) => query.set('access_token', 'x')],
    ['a code of 10,000 characters', (query) => query.set('code', 'x'.repeat(10_000))],
  ])('%s', async (_what, change) => {
    const { code, idp } = await withQuery(change);
    expect(code).toBe('callback_malformed');
    expect(idp.count('token')).toBe(0);
  });
});

describe('the iss parameter of the authorization response', () => {
  it.each<[string, (query: URLSearchParams) => void]>([
    ['H108: is missing although the provider announces it', (query) => query.delete('iss')],
    ['is empty', (query) => query.set('iss', '')],
    ['is another provider (mix-up)', (query) => query.set('iss', 'https://evil.example')],
    ['has a slash more', (query) => query.set('iss', `${query.get('iss')}/`)],
  ])('rejects %s before it sends the code on', async (_what, change) => {
    const { code, idp } = await withQuery(change);
    expect(code).toBe('idp_issuer_mismatch');
    expect(idp.count('token')).toBe(0);
  });

  it('H108: may be missing if the provider does not announce it, but is compared whenever it is present', async () => {
    const discovery = (document: object) => ({ ...document, authorization_response_iss_parameter_supported: 'true' });
    const quiet = { mutate: { discovery } };
    expect((await withQuery((query) => query.delete('iss'), quiet)).code).toBe('signed_in');
    const other = await withQuery((query) => query.set('iss', 'https://evil.example'), quiet);
    expect(other.code).toBe('idp_issuer_mismatch');
  });

  it('is compared before an error response is believed', async () => {
    const { code } = await withQuery((query) => {
      query.delete('code');
      query.set('error', 'access_denied');
      query.set('iss', 'https://evil.example');
    });
    expect(code).toBe('idp_issuer_mismatch');
  });

  it('must match the issuer that was expected when the sign-in started', async () => {
    const { code, idp } = await attempt({ tamper: (answer) => ({ ...answer, expectedIssuer: 'https://old.example' }) });
    expect(code).toBe('idp_issuer_mismatch');
    expect(idp.count('token')).toBe(0);
  });
});

describe('an error response of the provider', () => {
  const withError = (error: string, description: string) =>
    withQuery((query) => {
      query.delete('code');
      query.set('error', error);
      query.set('error_description', description);
    });

  it('reports access_denied as a denial by the user or the provider', async () => {
    expect((await withError('access_denied', 'no')).code).toBe('idp_denied');
  });

  it.each(['login_required', 'server_error', 'made_up'])('reports %s as a fault of the provider', async (error) => {
    const { code, idp } = await withError(error, 'x');
    expect(code).toBe('idp_error');
    expect(idp.count('token')).toBe(0);
  });

  it('H110: records the error description as one short line', async () => {
    const { meta } = await withError('server_error', `<b>\r\nSet-Cookie: a=b\u202e${'x'.repeat(10_000)}`);
    expect(String(meta['errorDescription']).length).toBe(200);
    expect(meta['errorDescription']).not.toMatch(/[\r\n\u202e]/);
  });
});

it('H105: a stolen code is useless in another sign-in', async () => {
  const stolen = await attempt({
    tamper: (answer) => ({ ...answer, codeVerifier: 'v'.repeat(43) }),
  });
  expect(stolen.code).toBe('idp_code_refused');
});
