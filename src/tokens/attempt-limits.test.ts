import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createTestDatabase, engines, type TestDatabase } from '../../test/support/databases.ts';
import { type AttemptAt, forgiveAttempts, takeAttempt } from './attempt-limits.ts';

describe.each(engines)('attempts at an account (%s)', (engine) => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await createTestDatabase(engine);
  });
  afterAll(() => test.destroy());

  const take = async (attempt: AttemptAt, nowMs = 0) =>
    test.database.transaction((tx) => takeAttempt(tx, attempt, nowMs));

  it('run out for one network and not for another, until the same total from everywhere runs out', async () => {
    const account = randomUUID();
    const verdicts: string[] = [];
    for (let network = 0; network < 11; network += 1) {
      const attempt = { kind: 'password', account, ipAddress: `192.0.2.${network}` } as const;
      for (let guess = 0; guess < 11; guess += 1) verdicts.push(await take(attempt));
    }
    expect(verdicts.filter((verdict) => verdict === 'allowed')).toHaveLength(100);
    // Each network's first refusal, and the account's.
    expect(verdicts.filter((verdict) => verdict === 'limited-first')).toHaveLength(12);
    const other = { kind: 'password', account: randomUUID(), ipAddress: '192.0.2.1' } as const;
    expect([await take(other), await take({ ...other, kind: 'break-glass' })]).toEqual(['allowed', 'allowed']);
  });

  it('come back when the window is over, which refused ones do not prolong, and when somebody got in', async () => {
    const attempt = { kind: 'password', account: randomUUID(), ipAddress: '2001:db8::1' } as const;
    const sameNetwork = { ...attempt, ipAddress: '2001:db8::ffff' };
    for (let guess = 0; guess < 10; guess += 1) await take(attempt, 1000);
    expect([await take(sameNetwork, 2000), await take(attempt, 900_999)]).toEqual(['limited-first', 'limited']);
    expect(await take(attempt, 901_000)).toBe('allowed');
    for (let guess = 0; guess < 10; guess += 1) await take(attempt, 901_000);
    await test.database.transaction((tx) => forgiveAttempts(tx, attempt));
    expect(await take(attempt, 901_001)).toBe('allowed');
  });
});
