import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Server } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createConnectionTestParty } from '../../../test/support/connection-test-party.ts';
import { privateCa, privateServer } from '../../../test/support/private-ca.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { HostAddress, HostLookup } from '../host-lookup.ts';
import { unreachableProbeMs } from '../limits.ts';

const host = 'idp.private.example';
const loopback: HostAddress = { address: '127.0.0.1', family: 4 };
const servers: Server[] = [];

afterAll(() => {
  for (const server of servers) server.close();
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Way {
  readonly lookup: HostLookup;
  readonly port: () => Promise<number>;
  /** What the operator reads in the log. */
  readonly logged: string;
}

const resolvesTo =
  (address: string): HostLookup =>
  () =>
    Promise.resolve([{ address, family: 4 }]);
const toLoopback = resolvesTo(loopback.address);
const quiet = () => createServer((socket) => void socket.on('error', () => undefined));

/** Everything that may be behind a name, in the operator's network or not. */
const ways: Readonly<Record<string, Way>> = {
  'a private address': { lookup: resolvesTo('10.0.0.1'), port: closedPort, logged: 'idp_address_refused' },
  'a metadata address': { lookup: resolvesTo('169.254.169.254'), port: closedPort, logged: 'idp_address_refused' },
  'no such name': {
    lookup: () => Promise.reject(Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND' })),
    port: closedPort,
    logged: 'ENOTFOUND',
  },
  'a name server that is silent': {
    lookup: () => new Promise(() => undefined),
    port: closedPort,
    logged: 'UND_ERR_CONNECT_TIMEOUT',
  },
  'a closed port': { lookup: toLoopback, port: closedPort, logged: 'ECONNREFUSED' },
  'a port that accepts and says nothing': {
    lookup: toLoopback,
    port: () => listen(quiet()),
    logged: 'UND_ERR_CONNECT_TIMEOUT',
  },
  'a port that speaks something else': {
    lookup: toLoopback,
    port: () =>
      listen(createServer((socket) => socket.on('error', () => undefined).write('220 mail.internal ESMTP\r\n'))),
    logged: 'ERR_SSL',
  },
  'a port that hangs up': {
    lookup: toLoopback,
    port: () => listen(createServer((socket) => socket.destroy())),
    logged: 'ECONNRESET',
  },
  'a server that never answers': {
    lookup: toLoopback,
    port: () => listen(createHttpsServer(privateServer, () => undefined)),
    logged: 'deadline',
  },
};

describe('H031: what cannot be reached', () => {
  const results = new Map<string, { text: string; elapsedMs: number; log: string }>();

  beforeAll(async () => {
    await Promise.all(
      Object.entries(ways).map(async ([name, { lookup, port }]) => {
        const lines: unknown[] = [];
        const log = (fields: object) => void lines.push(JSON.stringify(fields, withMessages));
        const logger: Logger = { debug: log, info: log, warn: log, error: log };
        const certificates = [privateCa];
        const party = createConnectionTestParty({ allow: '127.0.0.0/8', lookup, certificates, logger });
        const url = `https://${host}:${await port()}`;
        const startedAt = performance.now();
        const { testedAt: _testedAt, ...report } = await party.test(url);
        const elapsedMs = performance.now() - startedAt;
        await party.close();
        results.set(name, {
          text: JSON.stringify(report).replaceAll(url.slice(8), host),
          elapsedMs,
          log: lines.join(),
        });
      }),
    );
  }, 30_000);

  it.each(Object.keys(ways))('reads the same byte for byte, and takes as long: %s', (name) => {
    const one = results.get(name);
    const other = results.get('a closed port');
    expect(one?.text).toBe(other?.text);
    expect(one?.text).toContain('Not reachable from this server, or not allowed by its operator.');
    expect(one?.elapsedMs).toBeGreaterThanOrEqual(unreachableProbeMs - 5);
    expect(Math.abs((one?.elapsedMs ?? 0) - (other?.elapsedMs ?? 0))).toBeLessThan(1_000);
  });

  it.each(Object.entries(ways))('has its reason in the log, with the request: %s', (name, { logged }) => {
    expect(results.get(name)?.log).toContain(logged);
    expect(results.get(name)?.log).toContain('"reqId":"request-1"');
  });
});

describe('H031: a literal address that the policy refuses', () => {
  it.each(['10.0.0.1', '192.168.7.7', '169.254.169.254', '[::1]', '100.64.0.1', '2130706433'])(
    'reads like every other, and nobody is called: %s',
    async (address) => {
      const party = createConnectionTestParty({ allow: '', lookup: () => Promise.reject(new Error('none')) });
      const report = await party.test(`https://${address}`);
      const other = await party.test('https://127.0.0.1');
      await party.close();
      expect(report.steps).toEqual(other.steps);
      expect(report.steps[0]).toMatchObject({ name: 'url', outcome: 'failed', found: 'discoveryURL' });
      expect(report.steps.filter(({ outcome }) => outcome === 'failed')).toHaveLength(1);
    },
  );
});

function withMessages(_key: string, value: unknown): unknown {
  return value instanceof Error ? { ...Object.fromEntries(Object.entries(value)), message: value.message } : value;
}
