import { setTimeout as pause } from 'node:timers/promises';

import type { Database } from './database.ts';
import { upkeepRestMsMax, upkeepRestMsMin, upkeepShares } from './limits.ts';

/** How work that is not urgent treats a database, so that requests hardly notice it. */
export interface Upkeep {
  /** Rows that one statement may delete. */
  readonly rowsAtOnce: number;
  /** Runs one step, and then leaves the process and the database to others for a while. */
  pace<Result>(step: () => Promise<Result>): Promise<Result>;
}

/**
 * Makes the pace of upkeep. The statements of SQLite run on the thread that answers requests, and steps that only wait for
 * each other's promises would never let it do anything else. On PostgreSQL the rest is for the server's disk.
 */
export function createUpkeep({ engine }: Database): Upkeep {
  const { rowsAtOnce, restFactor } = upkeepShares[engine];
  return {
    rowsAtOnce,
    pace: async (step) => {
      const startedAtMs = performance.now();
      const result = await step();
      const restMs = restFactor * (performance.now() - startedAtMs);
      await pause(Math.min(upkeepRestMsMax, Math.max(upkeepRestMsMin, restMs)));
      return result;
    },
  };
}
