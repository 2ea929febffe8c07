import { defineConfig } from 'vitest/config';

import { listUnitTests } from './tools/list-unit-tests.ts';

// `npm run test:unit`: the tests that open no database, server or browser. They share two processes, so they take seconds.
export default defineConfig({
  test: {
    include: listUnitTests(import.meta.dirname),
    pool: 'forks',
    isolate: false,
    maxWorkers: 2,
  },
});
