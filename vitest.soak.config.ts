import { defineConfig } from 'vitest/config';

import { createCountReporter } from './tools/count-reporter.ts';

/** Tests that take long on purpose: many sign-ins, memory over time. `npm run test:soak` runs them, one at a time. */
export default defineConfig({
  test: {
    include: ['test/soak/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30 * 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 1,
    reporters: ['default', createCountReporter({ allowedReasons: [], forbidsOtherSkips: true })],
  },
});
