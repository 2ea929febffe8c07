import type { TestProject } from 'vitest/node';

import { startPostgres } from './postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The PostgreSQL server that all tests of a run share; each makes databases of its own in it. */
    postgresUrl: string;
  }
}

/** Starts the one PostgreSQL of a test run. When it cannot start, the run fails: no test of an engine is ever skipped. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres();
  project.provide('postgresUrl', server.url);
  return () => server.destroy();
}
