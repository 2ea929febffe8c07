import Fastify from 'fastify';
import { expect, it } from 'vitest';

import { silentLogger } from '../kernel/logger.ts';
import { warnOfUnlistedProxy } from './unlisted-proxy.ts';

const chain = { 'x-forwarded-for': '203.0.113.7' };

/** Sends requests from a client address and returns the log lines. */
async function warningsOf(
  peer: string,
  { trusted = [], headers = chain, times = 3 }: { trusted?: readonly string[]; headers?: object; times?: number } = {},
): Promise<{ fields: unknown; text: unknown }[]> {
  const warnings: { fields: unknown; text: unknown }[] = [];
  const app = Fastify();
  const warn = (fields: unknown, text?: unknown) => void warnings.push({ fields, text });
  warnOfUnlistedProxy(app, { ...silentLogger, warn }, trusted);
  for (let count = 0; count < times; count += 1) {
    await app.inject({ url: '/', remoteAddress: peer, headers: { ...headers } });
  }
  await app.close();
  return warnings;
}

it.each(['10.1.2.3', '172.16.0.9', '192.168.1.1', '127.0.0.1', '::1', '::ffff:10.1.2.3', 'fd00::5', '100.64.0.1'])(
  'H329: warns once about an unlisted proxy at %s and names the setting',
  async (peer) => {
    const warnings = await warningsOf(peer);
    expect(warnings).toEqual([
      {
        fields: { peer, header: 'X-Forwarded-For', setting: 'SALLYPORT_TRUSTED_PROXIES' },
        text: expect.stringContaining('SALLYPORT_TRUSTED_PROXIES'),
      },
    ]);
    expect(JSON.stringify(warnings)).not.toContain('203.0.113.7');
  },
);

it('H329: warns about a proxy that sends Forwarded (RFC 7239)', async () => {
  expect(await warningsOf('10.1.2.3', { headers: { forwarded: 'for=203.0.113.7' } })).toHaveLength(1);
});

it.each(['198.51.100.7', '2600::1', '::ffff:198.51.100.7'])(
  'H329: logs nothing for a stranger at %s who sends the header',
  async (peer) => {
    expect(await warningsOf(peer)).toEqual([]);
  },
);

it.each([
  ['10.1.2.3', '10.0.0.0/8'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['fd00::5', 'fd00::/8'],
])('logs nothing for a proxy at %s that is listed as %s', async (peer, range) => {
  expect(await warningsOf(peer, { trusted: ['192.0.2.1', range] })).toEqual([]);
});

it('warns about a second proxy in addition to the listed one', async () => {
  expect(await warningsOf('10.9.9.9', { trusted: ['10.1.2.3', 'fd00::/8'] })).toHaveLength(1);
});

it('logs nothing for a private client that sends no such header', async () => {
  expect(await warningsOf('10.1.2.3', { headers: {} })).toEqual([]);
});
