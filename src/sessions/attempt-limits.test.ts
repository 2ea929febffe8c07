import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createTestDatabase, engines, type TestDatabase } from '../../test/support/databases.ts';
import { attemptPaceSeconds, attemptWaitSecondsMax } from '../contract/limits.ts';
import { type AttemptAt, type AttemptVerdict, resetPasswordAttempts, takeAttempt } from './attempt-limits.ts';

const windowMs = 900_000;
const paceMs = attemptPaceSeconds * 1000;

describe.each(engines)('password attempts at an account (%s)', (engine) => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await createTestDatabase(engine);
  });
  afterAll(() => test.destroy());

  const passwordAt = (account: string, ipAddress: string): AttemptAt => ({ kind: 'password', account, ipAddress });
  const take = async (attempt: AttemptAt, nowMs = 0): Promise<AttemptVerdict> =>
    test.database.transaction((tx) => takeAttempt(tx, attempt, nowMs));
  const succeed = async (attempt: AttemptAt, nowMs = 0): Promise<void> =>
    test.database.transaction((tx) => resetPasswordAttempts(tx, attempt, nowMs));

  async function takeMany(account: string, addresses: readonly string[], each = 10): Promise<AttemptVerdict[]> {
    const verdicts: AttemptVerdict[] = [];
    for (const address of addresses) {
      for (let guess = 0; guess < each; guess += 1) verdicts.push(await take(passwordAt(account, address)));
    }
    return verdicts;
  }

  const ipv4Networks = (count: number) => Array.from({ length: count }, (_, network) => `192.0.2.${network}`);
  const atOnce = { kind: 'allowed', waitMs: 0 };

  it('run out for one network and not for another', async () => {
    const account = randomUUID();
    const verdicts = await takeMany(account, ['192.0.2.1'], 12);
    expect(verdicts.map(({ kind }) => kind)).toEqual([...Array<string>(10).fill('allowed'), 'limited', 'limited']);
    expect(verdicts.filter(({ isFirstOverLimit }) => isFirstOverLimit)).toEqual([verdicts[10]]);
    expect(await take(passwordAt(account, '192.0.2.2'))).toMatchObject(atOnce);
    expect(await take(passwordAt(randomUUID(), '192.0.2.1'))).toMatchObject(atOnce);
    expect(await take({ kind: 'break-glass', account, ipAddress: '192.0.2.1' })).toMatchObject(atOnce);
  });

  it('are available again after the window, which refused ones do not extend, and after a success', async () => {
    const account = randomUUID();
    const [attempt, sameNetwork] = [passwordAt(account, '2001:db8::1'), passwordAt(account, '2001:db8::ffff')];
    for (let guess = 0; guess < 10; guess += 1) await take(attempt, 1000);
    expect([await take(sameNetwork, 2000), await take(attempt, windowMs + 999)]).toEqual([
      { kind: 'limited', isFirstOverLimit: true },
      { kind: 'limited', isFirstOverLimit: false },
    ]);
    expect(await take(attempt, windowMs + 1000)).toMatchObject(atOnce);
    for (let guess = 0; guess < 10; guess += 1) await take(attempt, windowMs + 1000);
    await succeed(attempt, windowMs + 1000);
    expect(await take(attempt, windowMs + 1001)).toMatchObject(atOnce);
  });

  it('H324: are limited for ten networks of one /56 together, without affecting the owner elsewhere', async () => {
    const account = randomUUID();
    const networks = Array.from({ length: 10 }, (_, network) => `2001:db8:1:${network}::1`);
    const verdicts = await takeMany(account, networks);
    expect(verdicts.filter(({ kind }) => kind === 'allowed')).toHaveLength(20);
    expect(verdicts.filter(({ kind }) => kind === 'limited')).toHaveLength(80);
    expect(await take(passwordAt(account, '2001:db8:2::1'))).toMatchObject(atOnce);
  });

  it('H324: are limited for the networks of one /48 together', async () => {
    const account = randomUUID();
    const networks = Array.from({ length: 10 }, (_, network) => `2001:db8:1:${network.toString(16)}00::1`);
    const verdicts = await takeMany(account, networks);
    expect(verdicts.filter(({ kind }) => kind === 'allowed')).toHaveLength(40);
  });

  it('H324: from too many networks are slowed down without a lockout', async () => {
    const account = randomUUID();
    const verdicts = await takeMany(account, ipv4Networks(10));
    expect(verdicts.every(({ kind }) => kind === 'allowed')).toBe(true);
    const owner = (nowMs: number) => take(passwordAt(account, '198.51.100.1'), nowMs);
    expect(await owner(1)).toEqual({ kind: 'allowed', waitMs: 0, isFirstOverLimit: true });
    expect(await owner(1)).toMatchObject({ kind: 'allowed', waitMs: paceMs });
    expect(await owner(2)).toMatchObject({ kind: 'allowed', waitMs: 2 * paceMs - 1 });
    const crowded = { kind: 'crowded', retryAfterSeconds: attemptWaitSecondsMax, isFirstOverLimit: false };
    expect([await owner(3), await owner(4)]).toEqual([crowded, crowded]);
    expect(await owner(1 + 3 * paceMs)).toMatchObject(atOnce);
  });

  it('H324: are always allowed for a network with an earlier sign-in, whatever strangers do', async () => {
    const account = randomUUID();
    const owner = passwordAt(account, '198.51.100.1');
    await succeed(owner);
    await takeMany(account, ipv4Networks(12), 12);
    for (let attempt = 0; attempt < 10; attempt += 1) expect(await take(owner)).toMatchObject(atOnce);
    // Another user may share the owner's network: what is over its limit slows down.
    expect(await take(owner)).toMatchObject({ kind: 'allowed', waitMs: 0, isFirstOverLimit: true });
    expect(await take(owner)).toMatchObject({ kind: 'allowed', waitMs: paceMs });
    expect(await take(passwordAt(randomUUID(), owner.ipAddress))).toMatchObject(atOnce);
  });

  it('H324: recognise a home by its /56', async () => {
    const account = randomUUID();
    await succeed(passwordAt(account, '2001:db8:1:1::1'));
    await takeMany(account, ipv4Networks(10));
    expect(await take(passwordAt(account, '2001:db8:1:2::1'))).toMatchObject(atOnce);
    expect(await take(passwordAt(account, '2001:db8:1:ff02::1'))).toMatchObject({ ...atOnce, isFirstOverLimit: false });
    expect(await take(passwordAt(account, '2001:db8:1:ff02::1'))).toMatchObject({ waitMs: paceMs });
  });
});
