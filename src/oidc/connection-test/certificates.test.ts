import { afterEach, describe, expect, it } from 'vitest';

import { createConnectionTestParty, type TestPartyOptions } from '../../../test/support/connection-test-party.ts';
import { stepOf, stepsThat } from '../../../test/support/connection-test.ts';
import { fixedClock } from '../../../test/support/faulty-idp-sign-in.ts';
import { type FaultyIdp, type Mutations, startFaultyIdp } from '../../../test/support/faulty-idp.ts';
import { selfSigned } from '../../../test/support/faulty-idp-certificate.ts';
import { privateCa, privateServer, refusedServers } from '../../../test/support/private-ca.ts';
import { systemClock } from '../../kernel/clock.ts';

const host = 'idp.private.example';
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

interface Certificate {
  readonly cert: string;
  readonly key: string;
}

async function startIdp(certificate: Certificate, mutate: Mutations = {}): Promise<FaultyIdp> {
  const idp = await startFaultyIdp({ algorithm: 'ES256', tls: { host, ...certificate }, mutate });
  closers.push(() => idp.close());
  return idp;
}

async function reportOn(idp: FaultyIdp, options: Partial<TestPartyOptions> = {}) {
  const lookup = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
  const party = createConnectionTestParty({ allow: host, lookup, certificates: [privateCa], ...options });
  closers.push(party.close);
  return party.test(idp.issuer, idp.clientSecret);
}

describe('the certificate of a provider', () => {
  it('shows its names, its issuer and its expiry if it is valid', async () => {
    const report = await reportOn(await startIdp(privateServer));
    expect([stepsThat(report, 'failed'), stepsThat(report, 'warning')]).toEqual([[], []]);
    expect(stepOf(report, 'tls')).toMatchObject({ outcome: 'passed', message: 'The certificates are valid.' });
    expect(stepOf(report, 'tls').found).toMatch(
      /^idp\.private\.example:\d+: TLSv1\.3, until 2126-01-01 \(\d{5} days\), issued by Private CA of the tests, for DNS:idp\.private\.example, /,
    );
    expect(stepOf(report, 'dns').found).toMatch(/^idp\.private\.example:\d+ \(an address that the operator allowed\)$/);
    expect(stepOf(report, 'secret').outcome).toBe('passed');
  });

  it('causes a warning two weeks before it expires', async () => {
    const idp = await startIdp(privateServer);
    const before = await reportOn(idp, { clock: fixedClock(Date.parse('2125-12-17T00:00:00Z')) });
    expect(stepOf(before, 'tls').outcome).toBe('passed');
    const after = await reportOn(idp, { clock: fixedClock(Date.parse('2125-12-19T00:00:00Z')) });
    expect(stepOf(after, 'tls')).toMatchObject({ outcome: 'warning', action: expect.stringMatching(/renewed/) });
    expect(stepOf(after, 'tls').found).toContain('(13 days)');
    expect(after.ok).toBe(true);
  });

  it.each([
    ['has expired', refusedServers.expired, 'CERT_HAS_EXPIRED', /has expired/, /Renew/],
    [
      'is for another host',
      refusedServers.otherHost,
      'the certificate is for DNS:other.',
      /another host/,
      /certificate for this host/,
    ],
    ['is self-signed', selfSigned, 'DEPTH_ZERO_SELF_SIGNED_CERT', /self-signed/, /public CA/],
  ])('fails the step if it %s, and nothing is sent', async (_name, certificate, found, message, action) => {
    const idp = await startIdp(certificate);
    const report = await reportOn(idp);
    expect(stepsThat(report, 'failed')).toEqual(['tls']);
    const step = stepOf(report, 'tls');
    expect(step.found).toContain(found);
    expect(step.message).toMatch(message);
    expect(step.action).toMatch(action);
    expect(idp.requests).toEqual([]);
  });

  it('fails the step if its issuer is not trusted', async () => {
    const report = await reportOn(await startIdp(privateServer), { certificates: [] });
    expect(stepsThat(report, 'failed')).toEqual(['tls']);
    expect(stepOf(report, 'tls').found).toContain('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });

  it('is also checked for the token endpoint, and the secret is not sent there', async () => {
    const elsewhere = await startIdp(refusedServers.expired);
    const idp = await startIdp(privateServer, {
      discovery: (document) => ({ ...document, token_endpoint: `${elsewhere.url}/token` }),
    });
    const report = await reportOn(idp);
    expect(stepsThat(report, 'failed')).toEqual(['tls']);
    expect(stepOf(report, 'secret')).toMatchObject({ outcome: 'skipped', message: expect.stringContaining('"tls"') });
    expect([idp.count('token'), elsewhere.requests.length]).toEqual([0, 0]);
  });
});

describe('H031: an endpoint that a discovery document names', () => {
  it('gives the same result whether its name resolves to the internal network or its port is closed', async () => {
    const reportAt = async (address: string): Promise<string> => {
      const token = 'https://inner.private.example:1/token';
      const idp = await startIdp(privateServer, { discovery: (document) => ({ ...document, token_endpoint: token }) });
      const report = await reportOn(idp, {
        allow: '127.0.0.0/8',
        clock: systemClock,
        lookup: (name) => Promise.resolve([{ address: name === host ? '127.0.0.1' : address, family: 4 }]),
      });
      expect(stepsThat(report, 'failed')).toEqual(['dns']);
      expect(stepOf(report, 'dns').found).toBe('inner.private.example:1');
      expect(stepOf(report, 'keys').outcome).toBe('passed');
      return JSON.stringify({ ...report, testedAt: '' }).replaceAll(new URL(idp.url).host, host);
    };
    const [inside, closed] = await Promise.all([reportAt('10.0.0.1'), reportAt('127.0.0.1')]);
    expect(inside).toBe(closed);
  }, 30_000);
});
