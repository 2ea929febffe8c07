import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { gzipSync } from 'node:zlib';

import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { selfSigned } from '../../test/support/faulty-idp-certificate.ts';
import type { Reply } from '../../test/support/faulty-idp-replies.ts';
import { fixedClock, type FixedClock } from '../../test/support/faulty-idp-sign-in.ts';
import { startFaultyIdp, type FaultyIdp } from '../../test/support/faulty-idp.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import type { HostLookup } from './host-lookup.ts';
import { callsPerBulkheadMax, circuitOpenMs, connectionLifetimeMs, connectMsMax } from './limits.ts';
import { headersMsMax } from '../oidc/limits.ts';
import { parseOutboundAllow } from './outbound-allow.ts';
import type { OutboundFailureKind } from './outbound-failure.ts';
import { createOutboundPolicy } from './outbound-policy.ts';

let idp: FaultyIdp;
let clock: FixedClock;
const closers: (() => Promise<void>)[] = [];

beforeEach(async () => {
  clock = fixedClock();
  idp = await startFaultyIdp({ algorithm: 'EdDSA' });
});

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
  await idp.close();
});

const toLoopback: HostLookup = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);

function fetchWith({ allow = '127.0.0.1', lookup = toLoopback }: { allow?: string; lookup?: HostLookup } = {}) {
  const parsed = parseOutboundAllow(allow);
  const policy = createOutboundPolicy(parsed.ok ? parsed.entries : []);
  const fetch = createGuardedFetch({ policy, lookup, clock });
  closers.push(() => fetch.close());
  return (url: string, totalMs = 2_000, bulkhead = 'organization-1', headersMs = headersMsMax) =>
    fetch({ url, step: 'discovery', bulkhead, limits: { bytesMax: 100_000, totalMs, headersMs } });
}

function answerWith(change: (reply: Reply) => Reply): void {
  idp.mutate({ reply: { discovery: change } });
}

async function portOf(server: Server): Promise<number | undefined> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' ? address?.port : undefined;
}

const refusal = (kind: OutboundFailureKind, facts: object = {}) => ({ kind, facts: expect.objectContaining(facts) });

describe('an ordinary response', () => {
  it('has a status, headers and a body', async () => {
    const answer = await fetchWith()(idp.discoveryUrl);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(JSON.parse(answer.body.toString())).toMatchObject({ issuer: idp.issuer });
  });

  it('H038: is requested without cookies and without encodings', async () => {
    answerWith((reply) => ({ ...reply, headers: { ...reply.headers, 'set-cookie': ['a=b', 'c=d'] } }));
    const fetch = fetchWith();
    await fetch(idp.discoveryUrl);
    await fetch(idp.discoveryUrl);
    expect(idp.requests[1]?.headers.cookie).toBeUndefined();
    expect(idp.requests[1]?.headers['accept-encoding']).toBe('identity');
  });

  it('reuses the connection of the previous response', async () => {
    const ports = new Set<number | undefined>();
    idp.mutate({
      reply: {
        discovery: (reply, request) => {
          ports.add(request.socket.remotePort);
          return reply;
        },
      },
    });
    const fetch = fetchWith();
    await fetch(idp.discoveryUrl);
    await new Promise(setImmediate);
    await fetch(idp.discoveryUrl);
    expect(ports.size).toBe(1);
  });
});

describe('a rejected response', () => {
  it.each([301, 302, 303, 307, 308])('redirects with %i, which is not followed', async (status) => {
    const location = `${idp.url}/keys`;
    answerWith((reply) => ({ ...reply, status, headers: { location } }));
    await expect(fetchWith()(idp.discoveryUrl)).rejects.toMatchObject(
      refusal('redirect', { redirectHost: new URL(idp.url).host }),
    );
    expect(idp.count('keys')).toBe(0);
  });

  it('H035: is a gzip bomb', async () => {
    const body = gzipSync(Buffer.alloc(50_000_000));
    answerWith((reply) => ({ ...reply, headers: { ...reply.headers, 'content-encoding': 'gzip' }, body }));
    await expect(fetchWith()(idp.discoveryUrl)).rejects.toMatchObject(refusal('encoded'));
  });

  it.each(['gzip', 'br', 'deflate', 'zstd', 'gzip, '.repeat(500) + 'gzip', 'identity, gzip', 'x'])(
    'H036: has an encoding: %s',
    async (encoding) => {
      answerWith((reply) => ({ ...reply, headers: { ...reply.headers, 'content-encoding': encoding } }));
      await expect(fetchWith()(idp.discoveryUrl)).rejects.toMatchObject(refusal('encoded'));
    },
  );

  it('H039: never becomes the response to the next request', async () => {
    const head = (length: number) =>
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
    const both = `${head(2)}{}${head(12)}{"evil":true}`;
    answerWith((reply) => ({ ...reply, fault: { raw: (socket) => socket.write(both) } }));
    const fetch = fetchWith();
    await fetch(idp.discoveryUrl).catch(() => undefined);
    answerWith((reply) => reply);
    const next = await fetch(idp.discoveryUrl, 2_000, 'organization-2');
    expect(JSON.parse(next.body.toString())).toMatchObject({ issuer: idp.issuer });
  });

  it('H034: announces more than the limit', async () => {
    answerWith((reply) => ({ ...reply, headers: { 'content-length': '100001' }, body: 'x'.repeat(100_001) }));
    await expect(fetchWith()(idp.discoveryUrl)).rejects.toMatchObject(refusal('too_large'));
  });

  it('H034: never ends', async () => {
    answerWith((reply) => ({ ...reply, fault: 'endless' }));
    await expect(fetchWith()(idp.discoveryUrl)).rejects.toMatchObject(refusal('too_large'));
  });

  it('H038: has headers beyond the limit', async () => {
    answerWith((reply) => ({ ...reply, headers: { ...reply.headers, 'x-long': 'x'.repeat(20_000) } }));
    await expect(fetchWith()(idp.discoveryUrl)).rejects.toMatchObject(refusal('bad_response'));
  });

  it('H038: follows a flood of interim responses', async () => {
    const raw = 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1_000);
    answerWith((reply) => ({ ...reply, fault: { raw: (socket) => socket.write(raw) } }));
    await expect(fetchWith()(idp.discoveryUrl)).rejects.toMatchObject(refusal('interim_responses'));
  });

  it('is not HTTP', async () => {
    answerWith((reply) => ({ ...reply, fault: { raw: (socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n') } }));
    await expect(fetchWith()(idp.discoveryUrl)).rejects.toMatchObject(refusal('connect_failed'));
  });
});

describe('a missing response', () => {
  it.each(['hang', 'drip'] as const)('because the server does this: %s', async (fault) => {
    answerWith((reply) => ({ ...reply, fault }));
    await expect(fetchWith()(idp.discoveryUrl, 150)).rejects.toMatchObject(
      refusal('timeout', { reason: 'deadline', step: 'discovery', host: new URL(idp.url).host }),
    );
  });

  it.each(['close', 'cut'] as const)('because the server does this: %s', async (fault) => {
    answerWith((reply) => ({ ...reply, fault }));
    await expect(fetchWith()(idp.discoveryUrl)).rejects.toMatchObject({
      kind: expect.stringMatching(/^(?:connect_failed|bad_response)$/),
    });
  });

  it('because the port is closed', async () => {
    const { discoveryUrl } = idp;
    await idp.close();
    await expect(fetchWith()(discoveryUrl)).rejects.toMatchObject(
      refusal('connect_failed', { reason: 'ECONNREFUSED' }),
    );
  });

  it('because the certificate is not trusted, whatever the environment says', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const server = createTlsServer(selfSigned, (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
    server.on('tlsClientError', () => undefined);
    const port = await portOf(server);
    await expect(fetchWith({ allow: 'idp.example' })(`https://idp.example:${port}/`)).rejects.toMatchObject(
      refusal('tls_failed', { reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
    );
    server.close();
    vi.unstubAllEnvs();
  });

  it('because the server does not speak TLS', async () => {
    await expect(fetchWith()(idp.discoveryUrl.replace('http:', 'https:'))).rejects.toMatchObject(
      refusal('connect_failed'),
    );
    expect(idp.requests).toHaveLength(0);
  });
});

describe('an IP address', () => {
  it('H027: in the URL is rejected before a connection is opened', async () => {
    await expect(fetchWith({ allow: '' })(idp.discoveryUrl)).rejects.toMatchObject(
      refusal('url_refused', { reason: 'address' }),
    );
    expect(idp.requests).toHaveLength(0);
  });

  it('H023: that a name resolves to is rejected', async () => {
    const fetch = fetchWith({ allow: '' });
    await expect(fetch('https://rebind.example/')).rejects.toMatchObject(
      refusal('address_refused', { address: '127.0.0.1', host: 'rebind.example' }),
    );
  });

  it('H025: is rejected even if it is one of several that a name resolves to', async () => {
    const addresses = [
      { address: '93.184.215.14', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ];
    const fetch = fetchWith({ allow: '', lookup: () => Promise.resolve(addresses) });
    await expect(fetch('https://mixed.example/')).rejects.toMatchObject(
      refusal('address_refused', { address: '10.0.0.1' }),
    );
  });

  it('H024: is dialled exactly as it was checked: a name is resolved once per connection', async () => {
    const answers = ['127.0.0.1', '169.254.169.254'];
    const lookup = vi.fn<HostLookup>(() => Promise.resolve([{ address: answers.shift() ?? '', family: 4 }]));
    const { port } = new URL(idp.url);
    const fetch = fetchWith({ allow: 'idp.example', lookup });
    const answer = await fetch(`http://idp.example:${port}/.well-known/openid-configuration`);
    expect(answer.status).toBe(200);
    expect(lookup).toHaveBeenCalledTimes(1);
    expect(idp.requests[0]?.headers.host).toBe(`idp.example:${port}`);
  });

  it('H048: is dialled directly even if the environment names a proxy', async () => {
    const proxied: string[] = [];
    const proxy = createServer((socket) => proxied.push(String(socket.remotePort)));
    const port = await portOf(proxy);
    for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY']) {
      vi.stubEnv(name, `http://127.0.0.1:${port}`);
    }
    vi.stubEnv('NODE_USE_ENV_PROXY', '1');
    expect((await fetchWith()(idp.discoveryUrl)).status).toBe(200);
    expect(proxied).toHaveLength(0);
    vi.unstubAllEnvs();
    proxy.close();
  });
});

describe('a connection', () => {
  it('is closed after its maximum lifetime, so that a changed address takes effect', async () => {
    const servers = new Map<string, number>();
    const answer = (address: string) =>
      createServer((socket) => {
        socket
          .on('error', () => undefined)
          .on('data', () => {
            servers.set(address, (servers.get(address) ?? 0) + 1);
            socket.write('HTTP/1.1 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\n{}');
          });
      });
    const [before, after] = [answer('127.0.0.1'), answer('127.0.0.2')];
    const port = (await portOf(before)) ?? 0;
    await new Promise<void>((resolve) => after.listen(port, '127.0.0.2', resolve));
    let address = '127.0.0.1';
    const fetch = fetchWith({ allow: 'idp.example', lookup: () => Promise.resolve([{ address, family: 4 }]) });
    // The library uses the machine's clock for the age of a connection.
    vi.useFakeTimers({ toFake: ['Date'] });
    const call = async () => {
      await fetch(`http://idp.example:${port}/`);
      await new Promise(setImmediate);
    };
    await call();
    address = '127.0.0.2';
    vi.setSystemTime(Date.now() + connectionLifetimeMs - 1_000);
    await call();
    expect(Object.fromEntries(servers)).toEqual({ '127.0.0.1': 2 });
    vi.setSystemTime(Date.now() + 2_000);
    await call();
    expect(Object.fromEntries(servers)).toEqual({ '127.0.0.1': 2, '127.0.0.2': 1 });
    vi.useRealTimers();
    before.close();
    after.close();
  });
});

describe('H037: a slow server', () => {
  /** A server that answers bytes with other bytes; resolves with the duration of a call to it, which must fail. */
  async function timeOf(allowedMs: number, url: (port: number) => string, onData?: (socket: Socket) => void) {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => onData?.(socket));
    });
    const port = (await portOf(server)) ?? 0;
    const startedAt = performance.now();
    await expect(fetchWith({ allow: 'idp.example' })(url(port), allowedMs)).rejects.toMatchObject(refusal('timeout'));
    server.close();
    return performance.now() - startedAt;
  }

  const drip = (socket: Socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    const timer = setInterval(() => socket.write('x: y\r\n'), 100);
    socket.on('close', () => clearInterval(timer));
  };

  let took: { readonly handshake: number; readonly firstByte: number; readonly headersEnd: number };
  beforeAll(async () => {
    clock = fixedClock();
    const plain = (port: number) => `http://idp.example:${port}/`;
    const [handshake, firstByte, headersEnd] = await Promise.all([
      timeOf(20_000, (port) => `https://idp.example:${port}/`),
      timeOf(20_000, plain),
      timeOf(20_000, plain, drip),
    ]);
    took = { handshake, firstByte, headersEnd };
  }, 30_000);

  it('that delays its handshake is given up at the connection timeout', () => {
    expect(took.handshake).toBeGreaterThan(connectMsMax * 0.9);
    expect(took.handshake).toBeLessThan(connectMsMax * 2);
  });

  it('that delays its first byte is given up at the header timeout', () => {
    expect(took.firstByte).toBeGreaterThan(headersMsMax * 0.9);
    expect(took.firstByte).toBeLessThan(headersMsMax * 2);
  });

  it('that delays the end of its headers is given up at the header timeout', () => {
    expect(took.headersEnd).toBeGreaterThan(headersMsMax * 0.9);
    expect(took.headersEnd).toBeLessThan(headersMsMax * 2);
  });
});

describe('an organization with a hanging provider', () => {
  it('uses up its own calls only', async () => {
    answerWith((reply) => ({ ...reply, fault: 'hang' }));
    const fetch = fetchWith();
    const hanging = Array.from({ length: callsPerBulkheadMax }, () => fetch(idp.discoveryUrl, 400));
    const outcomes = Promise.allSettled(hanging);
    const good = await startFaultyIdp({ algorithm: 'EdDSA' });
    closers.push(() => good.close());
    expect((await fetch(good.discoveryUrl, 400, 'organization-2')).status).toBe(200);
    expect((await outcomes).map(({ status }) => status)).toEqual(hanging.map(() => 'rejected'));
    answerWith((reply) => reply);
    await expect(fetch(idp.discoveryUrl)).rejects.toMatchObject(refusal('paused'));
    clock.advance(circuitOpenMs);
    expect((await fetch(idp.discoveryUrl)).status).toBe(200);
  });
});
