import { request as httpRequest } from 'node:http';

import { afterEach, describe, expect, it } from 'vitest';

import { engines } from '../support/databases.ts';
import { bootstrap, startTestServer, type TestServer } from '../support/server.ts';

const token = 'a-token-of-the-operator';
const first = { email: 'admin@acme.example', password: 'correct horse battery', organization: 'Acme' };

type Headers = Readonly<Record<string, string>>;

/** Sends a request with any `Host`, as a browser does after DNS rebinding. */
async function send({ url }: TestServer, path: string, headers: Headers): Promise<{ status: number; text: string }> {
  const isSetUp = path.includes('bootstrap');
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      `${url}${path}`,
      { method: isSetUp ? 'POST' : 'GET', headers: { 'content-type': 'application/json', ...headers } },
      (answer) => {
        let text = '';
        answer.on('data', (chunk) => (text += String(chunk)));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(isSetUp ? JSON.stringify(first) : undefined);
  });
}

describe.each(engines)('setting up a server (%s)', (engine) => {
  let server: TestServer;
  const start = async (settings: Headers = {}) => {
    server = await startTestServer({ engine, settings });
  };
  afterEach(() => server.close());
  const setUp = async (headers: Headers) => send(server, '/api/v1/admin/bootstrap', headers);
  const isKnown = async (headers: Headers) =>
    (await send(server, '/api/status', headers)).text.includes('isBootstrapped');
  const port = () => new URL(server.url).port;

  it('H347: is refused to pages of other sites, also by DNS rebinding, and hides that the server is empty', async () => {
    await start();
    const rebound = `rebound.example:${port()}`;
    const foreign: Headers[] = [
      { host: rebound },
      { host: rebound, origin: `http://${rebound}`, 'sec-fetch-site': 'same-origin' },
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { origin: 'null' },
      { 'sec-fetch-site': 'same-site' },
      { host: 'localhost.evil.example' },
    ];
    for (const headers of foreign) {
      const { status, text } = await setUp(headers);
      expect([headers, status, text]).toEqual([headers, 403, expect.stringContaining('"cross_site_request"')]);
      expect([headers, await isKnown(headers)]).toEqual([headers, false]);
    }
    expect(await isKnown({})).toBe(true);
    const { origin } = new URL(server.url);
    expect((await setUp({ origin, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });

  it('H347: is refused to strangers, who learn nothing before or after', async () => {
    await start({ SALLYPORT_TRUSTED_PROXIES: '127.0.0.1' });
    const stranger = { 'x-forwarded-for': '203.0.113.9' };
    const asked = async () => {
      const { status, text } = await setUp(stranger);
      return [status, text.replace(/"reqId":"[^"]*"/u, ''), await isKnown(stranger)];
    };
    const before = await asked();
    expect(before).toEqual([403, expect.stringContaining('"setup_token_required"'), false]);
    expect((await setUp({ 'x-forwarded-for': '10.1.2.3' })).status).toBe(200);
    expect(await asked()).toEqual(before);
  });

  it('H347: is refused through an unlisted proxy, because the client is unknown', async () => {
    await start();
    for (const name of ['x-forwarded-for', 'x-real-ip', 'forwarded']) {
      expect((await setUp({ [name]: '127.0.0.1' })).status).toBe(403);
      expect(await isKnown({ [name]: '127.0.0.1' })).toBe(false);
    }
    expect((await bootstrap(server)).slug).toBe('acme');
  });

  it('is accepted from anywhere with the operator’s token, and refused without it', async () => {
    await start({ SALLYPORT_TRUSTED_PROXIES: '127.0.0.1', SALLYPORT_SETUP_TOKEN: token });
    const stranger = { 'x-forwarded-for': '203.0.113.9' };
    for (const headers of [{}, stranger, { authorization: `Bearer ${token}x` }, { authorization: token }]) {
      expect((await setUp(headers)).status).toBe(403);
    }
    const authorization = `Bearer ${token}`;
    expect((await setUp({ ...stranger, authorization, host: 'rebound.example' })).status).toBe(403);
    expect((await setUp({ ...stranger, authorization })).status).toBe(200);
  });

  it('H347: stays impossible if its mark is lost from the database', async () => {
    await start();
    await bootstrap(server);
    await server.database.transaction((tx) =>
      tx.deleteFrom('server_state').where('key', '=', 'bootstrapped-at').execute(),
    );
    expect(await setUp({})).toMatchObject({ status: 400, text: expect.stringContaining('already_bootstrapped') });
  });
});
