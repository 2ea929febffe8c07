import { expect, it } from 'vitest';

import { createStillClock } from '../../test/support/still-clock.ts';
import { dnsAnswerKeptMs, dnsLookupsMax, dnsLookupsOfCallersMax, dnsLookupsPerOrganizationMax } from './limits.ts';
import { shareLookups } from './shared-lookup.ts';
import { createTurnstile } from './turnstile.ts';
import type { TxtAnswer } from './txt-lookup.ts';

const none: TxtAnswer = { kind: 'none' };

it('concurrent and immediately following lookups of one name share one query', async () => {
  const clock = createStillClock();
  const asked: string[] = [];
  const lookup = shareLookups(async (name) => {
    asked.push(name);
    return none;
  }, clock);
  await Promise.all(Array.from({ length: 20 }, () => lookup('_x.acme.example')));
  await lookup('_x.acme.example');
  expect(asked).toEqual(['_x.acme.example']);
  clock.advanceSeconds(dnsAnswerKeptMs / 1000);
  await lookup('_x.acme.example');
  expect(asked).toHaveLength(2);
});

it('a lookup beyond the limit counts as "no answer", which decides nothing', async () => {
  const pending: ((answer: TxtAnswer) => void)[] = [];
  const lookup = shareLookups(() => new Promise((resolve) => void pending.push(resolve)), createStillClock());
  const first = Array.from({ length: dnsLookupsMax }, (_, i) => lookup(`_x.d${i}.example`));
  expect(await lookup('_x.late.example')).toEqual({ kind: 'unclear', reason: 'busy' });
  for (const answer of pending) answer(none);
  await Promise.all(first);
  const late = lookup('_x.late.example');
  pending.at(-1)?.(none);
  expect(await late).toEqual(none);
});

it('a semaphore keeps one key from taking the places of others', () => {
  const turnstile = createTurnstile({ max: 100, perKeyMax: 1 });
  const leave = turnstile.enter('a');
  expect(turnstile.enter('a')).toBeUndefined();
  expect(turnstile.enter('b')).toBeDefined();
  leave?.();
  expect(turnstile.enter('a')).toBeDefined();
});

it('H328: forty organizations at their limit leave lookups for the others', () => {
  const turnstile = createTurnstile({ max: dnsLookupsOfCallersMax, perKeyMax: dnsLookupsPerOrganizationMax });
  for (let organization = 0; organization < 40; organization += 1) {
    for (let lookup = 0; lookup < dnsLookupsPerOrganizationMax; lookup += 1) turnstile.enter(`hostile ${organization}`);
  }
  expect(turnstile.enter('honest')).toBeDefined();
});
