import { setTimeout as wait } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { type Logger, silentLogger } from './logger.ts';
import { repeat } from './repeat.ts';

describe('a repetition', () => {
  it("continues after a failed round and logs the job's name", async () => {
    const warned: unknown[] = [];
    const thirdRound = Promise.withResolvers<void>();
    let rounds = 0;
    const job = repeat({ name: 'counting', everyMs: 1, logger: recordingLogger(warned) }, async () => {
      rounds += 1;
      if (rounds === 1) throw new Error('not this time');
      if (rounds === 3) thirdRound.resolve();
    });
    await thirdRound.promise;
    job.stop();
    expect(warned).toHaveLength(1);
    expect(warned[0]).toMatchObject({ job: 'counting', err: { message: 'not this time' } });
  });

  it('starts no round while another runs, and none after it was stopped', async () => {
    const first = Promise.withResolvers<void>();
    const second = Promise.withResolvers<void>();
    let rounds = 0;
    const job = repeat({ name: 'slow', everyMs: 1, logger: recordingLogger([]) }, async () => {
      rounds += 1;
      if (rounds === 2) second.resolve();
      await first.promise;
    });
    await wait(20);
    expect(rounds).toBe(1);
    first.resolve();
    await second.promise;
    job.stop();
    await wait(20);
    expect(rounds).toBe(2);
  });
});

function recordingLogger(warned: unknown[]): Logger {
  return { ...silentLogger, warn: (fields) => void warned.push(fields) };
}
