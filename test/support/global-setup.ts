import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { TestProject } from 'vitest/node';

import { silentLogger } from '../../src/kernel/logger.ts';
import { openDatabase } from '../../src/storage/open-database.ts';
import { createPostgresDatabase } from './postgres-databases.ts';
import { startPostgres } from './postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The PostgreSQL server of a test run. Each test creates its own databases in it. */
    postgresUrl: string;
    /** A database of that server at the current version, to be copied. */
    postgresTemplate: string;
    /** A SQLite file at the current version, to be copied. */
    sqliteTemplate: string;
  }
}

const postgresTemplate = 'template_of_the_tests';

/**
 * Starts the PostgreSQL server of a test run, and migrates one database of each engine for all tests. If it cannot
 * start, the run fails: no
 * test of an engine is ever skipped.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres({ isSynced: false });
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-template-'));
  const sqliteTemplate = join(folder, 'template.db');
  const postgres = await createPostgresDatabase(server.url, { name: postgresTemplate });
  for (const url of [postgres, `sqlite:${sqliteTemplate}`]) {
    const database = await openDatabase({ url, logger: silentLogger });
    await database.close();
  }
  project.provide('postgresUrl', server.url);
  project.provide('postgresTemplate', postgresTemplate);
  project.provide('sqliteTemplate', sqliteTemplate);
  return async () => {
    await server.destroy();
    await rm(folder, { recursive: true });
  };
}
