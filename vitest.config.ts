import { defineConfig } from 'vitest/config';

import { createCountReporter } from './tools/count-reporter.ts';

/** The reasons for which a test may be skipped on the build server. Any other skipped test fails the run there. */
const allowedReasons: readonly string[] = [
  // A second provider, in C. Only Debian and its derivatives have it as a package.
  'glewlwyd is not installed here',
  'the host has no Node of its own',
];

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'tools/**/*.test.ts', 'bench/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/soak/**'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Each file in its own process, so that none sees what another left behind.
    pool: 'forks',
    maxWorkers: 2,
    reporters: [
      'default',
      createCountReporter({ allowedReasons, forbidsOtherSkips: (process.env['CI'] ?? '') !== '' }),
    ],
  },
});
