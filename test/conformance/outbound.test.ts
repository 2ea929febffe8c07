import { describe, expect, it } from 'vitest';

import { clockHostsMin } from '../../src/outbound/limits.ts';
import { attemptRecords } from '../support/attempt-records.ts';
import type { Claims } from '../support/faulty-idp.ts';
import { expectAdmitted, expectHeld, expectSignedIn } from './hostile-scene.ts';
import { useLoginScene } from '../support/login-scene.ts';

describe('URLs in a discovery document', () => {
  // Every provider of the tests has this address. No other loopback address is allowed.
  const scene = useLoginScene('sqlite', { SALLYPORT_OUTBOUND_ALLOW: '127.0.0.1' });

  const places = ['https://10.0.0.1/x', 'https://127.1.2.3/x', 'https://[fd00:ec2::254]/x', 'http://localhost/x'];
  const endpoints = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'];

  it.each(endpoints.flatMap((name) => places.map((place) => [name, place] as const)))(
    'H026: does not call %s at %s',
    async (name, place) => {
      const { idp } = await expectHeld(scene, 'idp_address_refused', {
        idp: { mutate: { discovery: (good) => ({ ...good, [name]: place }) } },
      });
      expect([idp.count('keys'), idp.count('token'), idp.count('userinfo')]).toEqual([0, 0, 0]);
    },
  );

  it.each(places)('H026, H368: does not call userinfo_endpoint at %s', async (place) => {
    const discovery = (good: Claims) => ({ ...good, userinfo_endpoint: place });
    const complete = await expectAdmitted(scene, { config: { userinfo: 'always' }, idp: { mutate: { discovery } } });
    const { steps } = await attemptRecords(scene).newest(complete);
    expect(steps.find(({ name }) => name === 'userinfo')).toMatchObject({
      outcome: 'skipped',
      found: 'idp_address_refused; only the ID token is used',
    });
    const idTokenClaims = ({ email: _email, ...claims }: Claims) => claims;
    const thin = await expectHeld(scene, 'idp_address_refused', { idp: { mutate: { discovery, idTokenClaims } } });
    const { explanation } = await attemptRecords(scene).newest(thin);
    expect(explanation.whatHappened).toContain('userinfo_endpoint');
    expect([complete.idp.count('userinfo'), thin.idp.count('userinfo')]).toEqual([0, 0]);
  });
});

describe("the server's clock", () => {
  const scene = useLoginScene('sqlite');

  it("H084: is compared with the providers' clocks, and the status shows the difference", async () => {
    const status = async () => (await scene.server.call('/api/status')).body;
    expect(await status()).not.toHaveProperty('clockDifferenceSeconds');
    const date = () => new Date(scene.clock.nowMs() + 50_000).toUTCString();
    for (let host = 0; host < clockHostsMin; host += 1) {
      const organization = await scene.addOrganization();
      organization.idp.mutate({
        reply: { token: (reply) => ({ ...reply, headers: { ...reply.headers, date: date() } }) },
      });
      await expectSignedIn(scene, organization);
    }
    expect((await status()).clockDifferenceSeconds).toBe(50);
  });
});
