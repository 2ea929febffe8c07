import { createServer as createPlainServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { Server } from 'node:net';
import { TLSSocket } from 'node:tls';

import { afterEach, describe, expect, it, vi } from 'vitest';

import { type ConnectProxy, type ConnectProxyOptions, startConnectProxy } from '../../test/support/connect-proxy.ts';
import { fixedClock } from '../../test/support/faulty-idp-sign-in.ts';
import { privateCa, privateServer } from '../../test/support/private-ca.ts';
import { Secret } from '../kernel/secret.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import type { HostLookup } from './host-lookup.ts';
import { parseOutboundAllow, type OutboundEntry } from './outbound-allow.ts';
import { createOutboundPolicy } from './outbound-policy.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(closers.splice(0).map((close) => close()));
});

const somewhere = '93.184.215.14';
const resolvesTo =
  (...addresses: string[]): HostLookup =>
  () =>
    Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
const nothingResolves: HostLookup = () => Promise.reject(new Error('ENOTFOUND'));

function entries(text: string): readonly OutboundEntry[] {
  const parsed = parseOutboundAllow(text);
  return parsed.ok ? parsed.entries : [];
}

/** A provider on loopback that records its requests, over TLS by default. */
async function startProvider(kind: 'tls' | 'plain' = 'tls') {
  const requests: IncomingMessage[] = [];
  const answer: RequestListener = (request, response) => {
    requests.push(request);
    response.end('{}');
  };
  const server: Server = kind === 'tls' ? createServer(privateServer, answer) : createPlainServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => server.close());
  const address = server.address();
  return { requests, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

async function startProxy(options?: ConnectProxyOptions): Promise<ConnectProxy> {
  const proxy = await startConnectProxy(options);
  closers.push(() => proxy.close());
  return proxy;
}

interface Setting {
  readonly allow?: string;
  readonly lookup?: HostLookup;
  readonly proxyUrl: string;
  readonly except?: string;
  readonly asksFor?: 'address' | 'name';
}

function fetchThrough({ allow = 'idp.private.example', lookup = resolvesTo(somewhere), ...setting }: Setting) {
  const { proxyUrl, except = '', asksFor = 'address' } = setting;
  const fetch = createGuardedFetch({
    policy: createOutboundPolicy(entries(allow)),
    // The proxy is on loopback. The policy does not apply to the operator's choice.
    lookup: (host) => (host === 'proxy.private.example' ? resolvesTo('127.0.0.1')(host) : lookup(host)),
    clock: fixedClock(),
    certificates: [privateCa],
    proxy: { url: new Secret(proxyUrl), except: entries(except), asksFor },
  });
  closers.push(() => fetch.close());
  const limits = { bytesMax: 100, totalMs: 8_000 };
  return (url: string) => fetch({ url, step: 'discovery', bulkhead: 'organization-1', limits });
}

describe('a call through the proxy', () => {
  it('connects to the checked address and speaks TLS for the name', async () => {
    const [provider, proxy] = [await startProvider(), await startProxy()];
    const fetch = fetchThrough({ proxyUrl: `http://127.0.0.1:${proxy.port}` });
    const answers = [];
    for (let time = 0; time < 2; time += 1) {
      answers.push((await fetch(`https://idp.private.example:${provider.port}/x`)).status);
      await new Promise(setImmediate);
    }
    expect(answers).toEqual([200, 200]);
    // The second call reuses the tunnel, like any connection.
    expect(proxy.authorities).toEqual([`${somewhere}:${provider.port}`]);
    expect(proxy.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
    const [request] = provider.requests;
    expect(request?.headers.host).toBe(`idp.private.example:${provider.port}`);
    expect(request?.socket instanceof TLSSocket && 'servername' in request.socket && request.socket.servername).toBe(
      'idp.private.example',
    );
  });

  it('sends an IPv6 address in brackets', async () => {
    const [provider, proxy] = [await startProvider(), await startProxy()];
    const lookup = resolvesTo('2606:2800:220:1::1');
    await fetchThrough({ proxyUrl: `http://127.0.0.1:${proxy.port}`, lookup })(
      `https://idp.private.example:${provider.port}/`,
    );
    expect(proxy.authorities).toEqual([`[2606:2800:220:1::1]:${provider.port}`]);
  });

  it('sends the proxy its decoded user and password', async () => {
    const [provider, proxy] = [await startProvider(), await startProxy()];
    const proxyUrl = `http://sally:p%40ss%3A%25@127.0.0.1:${proxy.port}`;
    await fetchThrough({ proxyUrl })(`https://idp.private.example:${provider.port}/`);
    const expected = `Basic ${Buffer.from('sally:p@ss:%').toString('base64')}`;
    expect(proxy.requests[0]?.headers['proxy-authorization']).toBe(expected);
    expect(provider.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  it("reaches a TLS proxy whose certificate the operator's CA signed", async () => {
    const [provider, proxy] = [await startProvider(), await startProxy({ tls: privateServer })];
    const proxyUrl = `https://proxy.private.example:${proxy.port}`;
    const { status } = await fetchThrough({ proxyUrl })(`https://idp.private.example:${provider.port}/`);
    expect(status).toBe(200);
    expect(proxy.authorities).toHaveLength(1);
  });

  it('also tunnels plain http if the operator listed the host', async () => {
    const [provider, proxy] = [await startProvider('plain'), await startProxy()];
    const fetch = fetchThrough({ proxyUrl: `http://127.0.0.1:${proxy.port}` });
    expect((await fetch(`http://idp.private.example:${provider.port}/`)).status).toBe(200);
    expect(proxy.authorities).toEqual([`${somewhere}:${provider.port}`]);
  });

  it('tries the next address if the proxy cannot reach the first', async () => {
    const provider = await startProvider();
    const proxy = await startProxy({
      decide: (authority) => (authority.startsWith(somewhere) ? { status: 502 } : 'connect'),
    });
    const lookup = resolvesTo(somewhere, '93.184.215.15');
    const fetch = fetchThrough({ proxyUrl: `http://127.0.0.1:${proxy.port}`, lookup });
    expect((await fetch(`https://idp.private.example:${provider.port}/`)).status).toBe(200);
    expect(proxy.authorities).toHaveLength(2);
  });

  it.each([
    ['a host', 'idp.private.example', 'idp.private.example'],
    ['a range', '127.0.0.0/8', '127.0.0.0/8'],
  ])('is not used for the exception %s', async (_name, except, allow) => {
    const [provider, proxy] = [await startProvider(), await startProxy()];
    const lookup = resolvesTo('127.0.0.1');
    const fetch = fetchThrough({ proxyUrl: `http://127.0.0.1:${proxy.port}`, lookup, except, allow });
    expect((await fetch(`https://idp.private.example:${provider.port}/`)).status).toBe(200);
    expect(proxy.authorities).toEqual([]);
  });

  it('H048: uses the operator’s proxy, whatever the environment names', async () => {
    const [provider, proxy, other] = [await startProvider(), await startProxy(), await startProxy()];
    for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY']) {
      vi.stubEnv(name, `http://127.0.0.1:${other.port}`);
    }
    vi.stubEnv('NO_PROXY', '*');
    vi.stubEnv('NODE_USE_ENV_PROXY', '1');
    const fetch = fetchThrough({ proxyUrl: `http://127.0.0.1:${proxy.port}` });
    expect((await fetch(`https://idp.private.example:${provider.port}/`)).status).toBe(200);
    expect([proxy.authorities.length, other.authorities.length]).toEqual([1, 0]);
  });
});

/**
 * A URL that is rejected as it is written, and one that is rejected after a lookup.
 */
const bySight = { kind: 'url_refused' };
const byLookup = { kind: 'address_refused' };

describe('the policy with a proxy', () => {
  it.each<[string, string, HostLookup, 'address' | 'name', object]>([
    ['a private literal', 'https://10.0.0.1/', nothingResolves, 'address', bySight],
    ['a private literal', 'https://10.0.0.1/', nothingResolves, 'name', bySight],
    ['an internal name', 'https://vault.internal/', nothingResolves, 'name', bySight],
    ['a name without a dot', 'https://vault/', nothingResolves, 'name', bySight],
    [
      'a name that resolves to a private address',
      'https://rebind.example/',
      resolvesTo('10.0.0.1'),
      'address',
      byLookup,
    ],
    ['a name that resolves to a private address', 'https://rebind.example/', resolvesTo('10.0.0.1'), 'name', byLookup],
    [
      'a listed name that resolves to metadata',
      'https://idp.private.example/',
      resolvesTo('169.254.169.254'),
      'name',
      byLookup,
    ],
    ['a name on another port that does not resolve', 'https://idp.example:22/', nothingResolves, 'name', byLookup],
  ])('refuses %s: %s', async (_name, url, lookup, asksFor, refusal) => {
    const proxy = await startProxy();
    const allow = 'idp.private.example,192.168.0.0/16';
    const fetch = fetchThrough({ proxyUrl: `http://127.0.0.1:${proxy.port}`, lookup, asksFor, allow });
    await expect(fetch(url)).rejects.toMatchObject(refusal);
    expect(proxy.authorities).toEqual([]);
  });

  it('sends a name if the operator chose that, resolvable here or not', async () => {
    const [provider, proxy] = [await startProvider(), await startProxy()];
    for (const lookup of [nothingResolves, resolvesTo(somewhere)]) {
      const fetch = fetchThrough({ proxyUrl: `http://127.0.0.1:${proxy.port}`, lookup, asksFor: 'name' });
      expect((await fetch(`https://idp.private.example:${provider.port}/`)).status).toBe(200);
    }
    const authority = `idp.private.example:${provider.port}`;
    expect(proxy.authorities).toEqual([authority, authority]);
  });

  it('does not send a name that it cannot resolve if addresses are sent', async () => {
    const proxy = await startProxy();
    const fetch = fetchThrough({ proxyUrl: `http://127.0.0.1:${proxy.port}`, lookup: nothingResolves });
    await expect(fetch('https://idp.private.example/')).rejects.toMatchObject({ kind: 'dns_failed' });
    expect(proxy.authorities).toEqual([]);
  });
});

describe('a failing proxy', () => {
  it.each([
    ['refuses', () => ({ status: 403 }) as const, { reason: 'proxy_refused', proxyStatus: 403 }],
    ['wants another password', () => ({ status: 407 }) as const, { reason: 'proxy_refused', proxyStatus: 407 }],
    ['speaks for the provider', () => 'greet' as const, { reason: 'proxy_answer_invalid' }],
  ])('%s', async (_name, decide, meta) => {
    const [provider, proxy] = [await startProvider(), await startProxy({ decide })];
    const fetch = fetchThrough({ proxyUrl: `http://sally:hunter2@127.0.0.1:${proxy.port}` });
    const thrown: unknown = await fetch(`https://idp.private.example:${provider.port}/`).catch(
      (error: unknown) => error,
    );
    expect(thrown).toMatchObject({ kind: 'proxy_failed', facts: meta });
    const told = JSON.stringify(thrown, Object.getOwnPropertyNames(thrown));
    expect(told).not.toMatch(/hunter2|c2FsbHk6/);
    expect(provider.requests).toHaveLength(0);
  });

  it('is not reachable', async () => {
    const proxy = await startProxy();
    await proxy.close();
    const fetch = fetchThrough({ proxyUrl: `http://127.0.0.1:${proxy.port}` });
    await expect(fetch('https://idp.private.example/')).rejects.toMatchObject({
      kind: 'proxy_failed',
      facts: { reason: 'proxy_unreachable', proxyReason: 'ECONNREFUSED', host: 'idp.private.example' },
    });
  });

  it('never answers, and is given up at the connection timeout', async () => {
    const proxy = await startProxy({ decide: () => 'hang' });
    const fetch = fetchThrough({ proxyUrl: `http://127.0.0.1:${proxy.port}` });
    await expect(fetch('https://idp.private.example/')).rejects.toMatchObject({
      kind: 'timeout',
      facts: { reason: expect.not.stringMatching(/^deadline$/) },
    });
  });

  it('is rejected if its certificate is not trusted', async () => {
    const proxy = await startProxy({ tls: privateServer });
    const fetch = fetchThrough({ proxyUrl: `https://localhost:${proxy.port}`, lookup: resolvesTo('127.0.0.1') });
    await expect(fetch('https://idp.private.example/')).rejects.toMatchObject({
      kind: 'proxy_failed',
      facts: { reason: 'proxy_unreachable', proxyReason: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    });
  });
});
