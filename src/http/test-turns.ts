import { appError } from '../contract/errors.ts';
import { connectionTestsPerMinuteMax } from '../contract/limits.ts';
import { createBoundedMap } from '../kernel/bounded-map.ts';
import type { Clock } from '../kernel/clock.ts';

/**
 * Counts the test calls of an organization on this node, in addition to the rate limit of its clients: tests of its
 * connection, or of its audit webhook.
 */
export interface TestTurns {
  /** @throws `connection_tests_limited` if the organization has used its tests of this minute. */
  take(organizationId: string): void;
}

const minuteMs = 60_000;

/** Organizations that are counted at once; the one whose minute began first makes room. */
const organizationsMax = 10_000;

export function createTestTurns(clock: Clock): TestTurns {
  const minutes = createBoundedMap<{ readonly startedAtMs: number; count: number }>(organizationsMax);
  return {
    take: (organizationId) => {
      const nowMs = clock.nowMs();
      let minute = minutes.get(organizationId);
      if (minute === undefined || minute.startedAtMs + minuteMs <= nowMs) {
        minute = { startedAtMs: nowMs, count: 0 };
        minutes.set(organizationId, minute);
      }
      if (minute.count >= connectionTestsPerMinuteMax) {
        const retryAfterSeconds = Math.ceil((minute.startedAtMs + minuteMs - nowMs) / 1000);
        throw appError('connection_tests_limited', { meta: { retryAfterSeconds } });
      }
      minute.count += 1;
    },
  };
}
