import { describe } from 'vitest';

import type { Engine } from '../../src/storage/database.ts';
import { engines } from './databases.ts';

/**
 * A suite that runs once for each engine, as `describe.each(engines)` does, and for all of them at once: for tests that
 * wait for seconds. Within an engine one test comes after the other.
 */
export function describeEnginesAtOnce(name: string, suite: (engine: Engine) => void): void {
  describe.each(engines)(`${name} (%s)`, { concurrent: true }, (engine) => {
    describe(`on ${engine}`, { concurrent: false }, () => {
      suite(engine);
    });
  });
}
