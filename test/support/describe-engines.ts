import { describe } from 'vitest';

import type { Engine } from '../../src/storage/database.ts';
import { engines } from './databases.ts';

/**
 * A suite that runs for each engine, as `describe.each(engines)` does, but for all of them at once: for tests that wait
 * for seconds. On one
 * engine the tests run one after the other.
 */
export function describeEnginesAtOnce(name: string, suite: (engine: Engine) => void): void {
  describe.each(engines)(`${name} (%s)`, { concurrent: true }, (engine) => {
    describe(`on ${engine}`, { concurrent: false }, () => {
      suite(engine);
    });
  });
}
