import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createConnectionTestParty } from '../../../test/support/connection-test-party.ts';
import { privateCa } from '../../../test/support/private-ca.ts';
import {
  closeUnreachablePlaces,
  unreachableHost as host,
  unreachablePlaces as ways,
} from '../../../test/support/unreachable-places.ts';
import type { Logger } from '../../kernel/logger.ts';
import { unreachableProbeMs } from '../../outbound/limits.ts';

afterAll(closeUnreachablePlaces);

describe('H031: an unreachable host', () => {
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

  it.each(Object.keys(ways))('gives the same result byte for byte, after the same time: %s', (name) => {
    const one = results.get(name);
    const other = results.get('a closed port');
    expect(one?.text).toBe(other?.text);
    expect(one?.text).toContain('Not reachable from this server, or not allowed by its operator.');
    expect(one?.elapsedMs).toBeGreaterThanOrEqual(unreachableProbeMs - 5);
    expect(Math.abs((one?.elapsedMs ?? 0) - (other?.elapsedMs ?? 0))).toBeLessThan(1_000);
  });

  it.each(Object.entries(ways))('has its reason in the log, with the request id: %s', (name, { logged }) => {
    expect(results.get(name)?.log).toContain(logged);
    expect(results.get(name)?.log).toContain('"reqId":"request-1"');
  });
});

describe('H031: a literal address that the policy rejects', () => {
  it.each(['10.0.0.1', '192.168.7.7', '169.254.169.254', '[::1]', '100.64.0.1', '2130706433'])(
    'gives the same result as every other, without a call: %s',
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
