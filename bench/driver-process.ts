import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import type { DriverOrder } from './driver.ts';
import type { LoadResult } from './load.ts';

/** The driver, as the parent process sees it. */
export interface Driver {
  readonly pid: number;
  /** Runs one load at a time. */
  run(order: DriverOrder): Promise<LoadResult>;
  stop(): void;
}

/** Starts the driver's process. */
export function startDriver(): Driver {
  const child = fork(fileURLToPath(new URL('driver.ts', import.meta.url)));
  if (child.pid === undefined) throw new Error('the driver did not start');
  return {
    pid: child.pid,
    run: (order) =>
      new Promise((resolve, reject) => {
        const ended = (): void => reject(new Error('the driver ended'));
        child.once('exit', ended);
        child.once('message', (result: LoadResult) => {
          child.off('exit', ended);
          resolve(result);
        });
        child.send(order);
      }),
    stop: () => child.disconnect(),
  };
}
