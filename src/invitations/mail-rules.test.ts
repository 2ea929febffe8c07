import { describe, expect, test } from 'vitest';

import { type MailPlan, planAfterAttempt } from './mail-rules.ts';

const cases: readonly [outcome: 'sent' | 'refused' | 'failed', attempts: number, plan: MailPlan][] = [
  ['sent', 1, { kind: 'done', status: 'sent' }],
  ['sent', 11, { kind: 'done', status: 'sent' }],
  ['refused', 1, { kind: 'done', status: 'failed' }],
  ['failed', 1, { kind: 'again', afterSeconds: 60 }],
  ['failed', 2, { kind: 'again', afterSeconds: 120 }],
  ['failed', 10, { kind: 'again', afterSeconds: 30_720 }],
  ['failed', 11, { kind: 'done', status: 'failed' }],
];

describe('a message after a delivery attempt', () => {
  test.each(cases)('that ended as %s, number %i', (outcome, attempts, plan) => {
    expect(planAfterAttempt(outcome, attempts)).toEqual(plan);
  });

  test('is retried for more than half a day and less than a day', () => {
    let totalSeconds = 0;
    for (let attempts = 1; ; attempts += 1) {
      const plan = planAfterAttempt('failed', attempts);
      if (plan.kind === 'done') break;
      totalSeconds += plan.afterSeconds;
    }
    expect(totalSeconds / 3600).toBeGreaterThan(12);
    expect(totalSeconds / 3600).toBeLessThan(24);
  });
});
