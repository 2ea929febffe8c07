import { describe, expect, it } from 'vitest';

import { addMember } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { useServer } from '../support/server.ts';
import { createStillClock } from '../support/still-clock.ts';

/** Ten networks of one /56, which one household can have, and ten IPv4 networks of strangers. */
const household = Array.from({ length: 10 }, (_, network) => `2001:db8:1:${network}::1`);
const strangers = Array.from({ length: 10 }, (_, network) => `192.0.2.${network}`);
const guessesEach = 10;

describe.each(engines)('lockout (%s)', (engine) => {
  const clock = createStillClock();

  const { server, boot } = useServer({ engine, clock, settings: { SALLYPORT_TRUSTED_PROXIES: '127.0.0.0/8' } });

  const post = (path: string, from: string, json: object) =>
    server.call(path, { json, headers: { 'x-forwarded-for': from } });
  const logIn = (from: string, password: string) =>
    post('/api/v3/auth/login', from, { email: boot.admin.email, password });

  /** Guesses from each address, and returns the number of responses with each code. */
  async function guessFrom(addresses: readonly string[], guess: (from: string) => ReturnType<typeof post>) {
    const codes: Record<string, number> = {};
    for (const from of addresses) {
      for (let count = 0; count < guessesEach; count += 1) {
        const { code } = (await guess(from)).body;
        codes[code] = (codes[code] ?? 0) + 1;
      }
    }
    return codes;
  }

  it('H324: ten networks of one /56 cannot lock the instance admin out', async () => {
    const codes = await guessFrom(household, (from) => logIn(from, 'wrong'));
    expect(codes).toEqual({ credentials_invalid: 20, credentials_locked: 80 });
    expect((await logIn('198.51.100.1', boot.admin.password)).status).toBe(200);
    clock.advanceSeconds(900);
  });

  it('H324: ten networks around the world slow strangers down without locking the instance admin out', async () => {
    const codes = await guessFrom(strangers, (from) => logIn(from, 'wrong'));
    expect(codes).toEqual({ credentials_invalid: 100 });
    // The network from the previous test is known. Its password attempts neither wait nor are rejected.
    expect((await logIn('198.51.100.1', 'wrong')).body.code).toBe('credentials_invalid');
    // The first password attempt of these five seconds from an unknown network is checked.
    expect((await logIn('203.0.113.1', boot.admin.password)).status).toBe(200);
    clock.advanceSeconds(900);
  });

  it('H325: guesses from anywhere, even from the same network, do not lock the owner of a break-glass code out', async () => {
    const { organizationId } = boot;
    const admin = await addMember(server, boot, { organizationId, role: 'admin' });
    const path = `/api/v1/organization/${organizationId}/break-glass-codes`;
    const { body } = await server.call(path, { method: 'POST', token: admin.token });
    const [first, second] = body.codes;
    const use = (from: string, code: string) =>
      post('/api/v1/auth/break-glass', from, { organizationSlug: boot.slug, email: admin.email, code });
    const failures = async () => {
      const { db } = server.database;
      const rows = db.selectFrom('audit_events').select('id').where('event_type', 'like', 'break-glass-%ed');
      return (await rows.where('event_type', '!=', 'break-glass-used').execute()).length;
    };

    await guessFrom([...household, ...strangers], (from) => use(from, 'wrong'));
    // Only the first guess beyond a network's limit is recorded.
    await use('192.0.2.1', 'wrong');
    const recorded = await failures();
    expect((await use('192.0.2.1', 'wrong')).body.code).toBe('credentials_locked');
    expect(await failures()).toBe(recorded);
    expect((await use('198.51.100.1', first)).status).toBe(200);

    await guessFrom(['198.51.100.1', '198.51.100.1'], (from) => use(from, 'wrong'));
    expect((await use('198.51.100.1', second)).status).toBe(200);
  });
});
