import { defineConfig } from 'vitest/config';

import { createCountReporter } from './tools/count-reporter.ts';

/** Why a test may skip itself on the build server. Whatever else does not run there fails the run. */
const allowedReasons: readonly string[] = [
  // A second provider, in C, which only Debian and its kin have as a package.
  'glewlwyd is not installed here',
];

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'tools/**/*.test.ts', 'bench/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/soak/**'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Each file in a process of its own, so that none sees what another left behind.
    pool: 'forks',
    maxWorkers: 2,
    reporters: [
      'default',
      createCountReporter({ allowedReasons, forbidsOtherSkips: (process.env['CI'] ?? '') !== '' }),
    ],
  },
});
