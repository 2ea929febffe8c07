import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, describe, expect, it } from 'vitest';

import { probeCallMsMax } from '../../src/outbound/limits.ts';
import { stepOf, stepsThat } from '../support/connection-test.ts';
import { createConnectionTestParty } from '../support/connection-test-party.ts';
import { type FaultyIdp, startFaultyIdp } from '../support/faulty-idp.ts';
import type { Fault } from '../support/faulty-idp-replies.ts';

describe('a token endpoint whose host has responded before', { concurrent: true }, () => {
  const idps: FaultyIdp[] = [];
  afterAll(() => Promise.all(idps.map((idp) => idp.close())));

  const reportWith = async (fault: () => Fault) => {
    const idp = await startFaultyIdp({
      algorithm: 'ES256',
      mutate: { reply: { token: (reply) => ({ ...reply, fault: fault() }) } },
    });
    idps.push(idp);
    const lookup = () => Promise.reject(new Error('nothing has to be looked up'));
    const party = createConnectionTestParty({ allow: '127.0.0.1', lookup });
    const report = await party.test(idp.issuer, idp.clientSecret);
    await party.close();
    return report;
  };

  it('gets as much time as the token request of a sign-in', async () => {
    const report = await reportWith(() => ({ after: delay(probeCallMsMax + 500) }));
    expect([stepsThat(report, 'failed'), stepOf(report, 'secret').outcome]).toEqual([[], 'passed']);
  });

  it('is reported as not responding, and not as unreachable', async () => {
    const report = await reportWith(() => 'close');
    expect(stepsThat(report, 'failed')).toEqual(['secret']);
    expect(stepOf(report, 'dns').outcome).toBe('passed');
    expect(stepOf(report, 'secret').message).toContain('did not respond in time');
  });
});
