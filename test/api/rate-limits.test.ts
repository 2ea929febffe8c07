import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { engines } from '../support/databases.ts';
import { bootstrap, type Bootstrapped, type CallOptions, startTestServer, type TestServer } from '../support/server.ts';

const settings = {
  SALLYPORT_RATE_LIMIT_CALLER: '4',
  SALLYPORT_RATE_LIMIT_READ: '2',
  SALLYPORT_RATE_LIMIT_WRITE: '2',
  SALLYPORT_RATE_LIMIT_AUTH: '3',
  SALLYPORT_RATE_LIMIT_SIGN_IN: '2',
};
const trusted = { ...settings, SALLYPORT_TRUSTED_PROXIES: '127.0.0.1' };
const groups = '/api/v1/groups';
const sessions = '/api/v2/users/me/sessions';

describe.each(engines)('the rate limits (%s)', (engine) => {
  let server: TestServer;
  let boot: Bootstrapped;
  let nextClient = 1;

  beforeAll(async () => {
    server = await startTestServer({ engine, settings: trusted });
    boot = await bootstrap(server);
  });
  afterAll(() => server.close());

  /** Sends requests from an IP address of its own. */
  function createClient() {
    const address = `198.51.100.${(nextClient += 1)}`;
    return async (path: string, { headers = {}, ...options }: CallOptions = {}) =>
      server.call(path, { ...options, headers: { 'x-forwarded-for': address, ...headers } });
  }

  /** Signs the admin in with a password, which starts a new session. */
  async function startSession(): Promise<string> {
    const json = { ...boot.admin, organizationSlug: boot.slug };
    const { body } = await createClient()('/api/v3/auth/login', { json });
    return body.accessToken;
  }

  it('count reads and writes of one session together, and say what is left', async () => {
    const client = createClient();
    const token = await startSession();
    const statuses: number[] = [];
    for (const left of [3, 2, 1, 0]) {
      const { status, headers } = await (left === 2
        ? client(groups, { token, json: {} })
        : client(sessions, { token }));
      statuses.push(status);
      expect(headers.get('ratelimit-policy')).toBe('"caller";q=4;w=60');
      expect(headers.get('ratelimit')).toMatch(new RegExp(`^"caller";r=${left};t=(?:[1-9]|[1-5]\\d|60)$`, 'u'));
    }
    expect(statuses).toEqual([200, 422, 200, 200]);
    const limited = await client(groups, { token });
    expect(limited.status).toBe(429);
    expect(limited.body).toEqual({
      reqId: expect.any(String),
      statusCode: 429,
      error: 'RateLimitExceeded',
      message: expect.any(String),
      code: 'rate_limited',
    });
    const seconds = limited.headers.get('retry-after');
    expect(Number(seconds)).toBeGreaterThan(0);
    expect(limited.headers.get('ratelimit')).toBe(`"caller";r=0;t=${seconds}`);
    // The quota follows the session to another address.
    expect((await createClient()(groups, { token })).status).toBe(429);
    // Endpoints without a limit stay available.
    expect((await client('/api/status', { token })).status).toBe(200);
  });

  it('leave the quota of other callers behind the same IP address alone', async () => {
    const client = createClient();
    const [greedy, other] = [await startSession(), await startSession()];
    for (let request = 0; request < 5; request += 1) await client(groups, { token: greedy });
    const anonymous = [await client(groups), await client(groups), await client(groups)];
    expect(anonymous.map(({ status }) => status)).toEqual([401, 401, 429]);
    expect((await client(groups, { token: greedy })).status).toBe(429);
    expect((await client(groups, { token: other })).headers.get('ratelimit')).toMatch(/^"caller";r=3;/u);
    expect((await client(groups, { token: boot.token })).headers.get('ratelimit')).toMatch(/^"caller";r=3;/u);
  });

  it('count a forged token for its IP address, whatever session it names', async () => {
    const client = createClient();
    const token = await startSession();
    const [header, claims] = token.split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`;
    const forged = [`${header}.${claims}.${'A'.repeat(86)}`, unsigned, 'nonsense'];
    const answers = [];
    for (const attempt of forged) answers.push(await client(groups, { token: attempt }));
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 429]);
    expect(answers[0]?.headers.get('ratelimit')).toMatch(/^"read";r=1;/u);
    expect(Number(answers[2]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await client(groups, { token })).headers.get('ratelimit')).toMatch(/^"caller";r=3;/u);
  });

  it('count the token of an ended session for its IP address', async () => {
    const client = createClient();
    const token = await startSession();
    expect((await client(sessions, { method: 'DELETE', token })).status).toBe(200);
    const ended = await client(groups, { token });
    expect([ended.status, ended.headers.get('ratelimit-policy')]).toEqual([403, '"read";q=2;w=60']);
  });

  it('count a caller without the permission for an endpoint as a caller', async () => {
    const refused = await createClient()('/api/v2/users/me/sessions', { token: boot.token });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('ratelimit')).toMatch(/^"caller";/u);
  });

  it('count password attempts per IP address before anything else is checked, with or without a token', async () => {
    const client = createClient();
    const token = await startSession();
    const login = async () => client('/api/v3/auth/login', { json: '{', token });
    const answers = [await login(), await login(), await login(), await login()];
    const page = await client('/login/admin', { method: 'POST', headers: { 'sec-fetch-site': 'same-origin' } });
    expect([...answers, page].map(({ status }) => status)).toEqual([422, 422, 422, 429, 429]);
    expect(page.headers.get('ratelimit-policy')).toBe('"auth";q=3;w=60');
    expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0);
    // Sign-ins continue meanwhile, and each step counts.
    const steps = ['/api/v1/sso/oidc/login?orgSlug=acme', '/api/v1/sso/oidc/callback?state=x'];
    const start = await client(steps[0] ?? '');
    expect(start.headers.get('ratelimit')).toMatch(/^"signIn";r=1;/u);
    expect((await client(steps[1] ?? '')).headers.get('ratelimit')).toMatch(/^"signIn";r=0;/u);
    expect((await client(steps[1] ?? '')).status).toBe(429);
  });
});

describe('the rate limits without a trusted proxy', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer({ engine: 'sqlite', settings });
  });
  afterAll(() => server.close());

  it('H238: ignore what a client claims about its IP address', async () => {
    const statuses: number[] = [];
    for (const claimed of ['192.0.2.77', '192.0.2.78', '192.0.2.79']) {
      const headers = { 'x-forwarded-for': claimed, forwarded: `for=${claimed}`, 'x-real-ip': claimed };
      statuses.push((await server.call(groups, { headers })).status);
    }
    expect(statuses).toEqual([401, 401, 429]);
  });
});
