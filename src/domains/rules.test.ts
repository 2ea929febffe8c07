import { expect, it } from 'vitest';

import { judge, planCheck, spread } from './rules.ts';

const nowMs = Date.UTC(2030, 0, 1);
const hourMs = 3_600_000;
const verified = { status: 'verified', lastSeenMs: nowMs - hourMs, graceEndsMs: undefined } as const;
const grace = { status: 'grace', lastSeenMs: nowMs - hourMs, graceEndsMs: nowMs + hourMs / 2 } as const;

it.each(['missing', 'wrong', 'alias'] as const)(
  'a verified domain whose record is %s gets three days of grace',
  (finding) => {
    const graceEndsMs = nowMs + 72 * hourMs;
    expect(planCheck(verified, finding, nowMs)).toEqual({
      kind: 'begin-grace',
      graceEndsMs,
      nextCheckMs: nowMs + hourMs,
    });
  },
);

it('DNS without an answer changes nothing and is queried again soon', () => {
  expect(planCheck(verified, 'unclear', nowMs)).toEqual({ kind: 'keep', nextCheckMs: nowMs + hourMs });
});

it('DNS without an answer for two weeks counts as a missing record', () => {
  const silent = { ...verified, lastSeenMs: nowMs - 14 * 24 * hourMs };
  expect(planCheck(silent, 'unclear', nowMs).kind).toBe('begin-grace');
  expect(planCheck({ ...silent, lastSeenMs: silent.lastSeenMs + 1 }, 'unclear', nowMs).kind).toBe('keep');
});

it('a record that returns late still ends the grace', () => {
  expect(planCheck(grace, 'proved', nowMs).kind).toBe('stand');
  expect(planCheck(grace, 'proved', grace.graceEndsMs + hourMs).kind).toBe('stand');
});

it('the grace is not extended, and a check takes place at its end', () => {
  expect(planCheck(grace, 'missing', nowMs)).toEqual({ kind: 'keep', nextCheckMs: grace.graceEndsMs });
  expect(planCheck(grace, 'unclear', nowMs)).toEqual({ kind: 'keep', nextCheckMs: grace.graceEndsMs });
});

it.each(['missing', 'wrong', 'alias', 'unclear'] as const)(
  'a domain lapses at the end of the grace without the record (%s)',
  (finding) => {
    expect(planCheck(grace, finding, grace.graceEndsMs)).toEqual({ kind: 'lapse' });
  },
);

it('H178: only the exact value verifies a domain', () => {
  expect(judge({ kind: 'records', values: [] }, 'a')).toBe('wrong');
  expect(judge({ kind: 'records', values: ['ab', ' "A" '] }, 'a')).toBe('proved');
  expect(judge({ kind: 'unclear', reason: 'a' }, 'a')).toBe('unclear');
});

it('checks are spread over a tenth of the interval and never late', () => {
  expect(spread(nowMs + 1000, nowMs, 0)).toBe(nowMs + 1000);
  expect(spread(nowMs + 1000, nowMs, 0.999)).toBe(nowMs + 900);
});
