import { setTimeout as pause } from 'node:timers/promises';

import type { Database } from './database.ts';
import { housekeepingPauseMsMax, housekeepingPauseMsMin, housekeepingShares } from './limits.ts';

/** The pace of housekeeping, so that requests hardly notice it. */
export interface HousekeepingPace {
  /** How many rows one statement may delete. */
  readonly rowsAtOnce: number;
  /** Runs one step, then pauses so that other work can use the process and the database. */
  pace<Result>(step: () => Promise<Result>): Promise<Result>;
}

/**
 * Creates the pace of housekeeping. SQLite's statements run on the main thread, and steps that only await each other's
 * promises would block it completely. On PostgreSQL the pause is for the server's disk.
 */
export function createHousekeepingPace({ engine }: Database): HousekeepingPace {
  const { rowsAtOnce, restFactor } = housekeepingShares[engine];
  return {
    rowsAtOnce,
    pace: async (step) => {
      const startedAtMs = performance.now();
      const result = await step();
      const restMs = restFactor * (performance.now() - startedAtMs);
      await pause(Math.min(housekeepingPauseMsMax, Math.max(housekeepingPauseMsMin, restMs)));
      return result;
    },
  };
}
