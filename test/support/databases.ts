import { randomUUID } from 'node:crypto';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { inject } from 'vitest';

import { silentLogger } from '../../src/kernel/logger.ts';
import type { Database, Engine } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open-database.ts';
import { createPostgresDatabase, dropPostgresDatabase } from './postgres-databases.ts';

const allEngines: readonly Engine[] = ['sqlite', 'postgres'];

/** The engines that a suite runs on: both, or the one in `SALLYPORT_TEST_ENGINE`. */
export const engines: readonly Engine[] = chosenEngines(process.env['SALLYPORT_TEST_ENGINE']);

function chosenEngines(name: string | undefined): readonly Engine[] {
  const chosen = allEngines.filter((engine) => name === undefined || name === '' || engine === name);
  if (chosen.length > 0) return chosen;
  throw new Error(`SALLYPORT_TEST_ENGINE must be one of ${allEngines.join(', ')}; it is ${name}`);
}

/** A location for the database of one test. */
export interface TestPlace {
  readonly url: string;
  remove(): Promise<void>;
}

export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
  /** Closes the database and removes it. */
  destroy(): Promise<void>;
}

/** Opens a new, empty database of an engine, at the current version. */
export async function createTestDatabase(engine: Engine): Promise<TestDatabase> {
  const { url, remove } = await createTestPlace(engine, { isMigrated: true });
  const database = await openDatabase({ url, logger: silentLogger });
  return {
    url,
    database,
    destroy: async () => {
      await database.close();
      await remove();
    },
  };
}

/**
 * Prepares the location of a database without opening it: a folder, or an empty database of the shared PostgreSQL
 * server. A migrated one
 * is the copy of a database that `openDatabase` has migrated.
 */
export async function createTestPlace(engine: Engine, { isMigrated = false } = {}): Promise<TestPlace> {
  switch (engine) {
    case 'sqlite': {
      const folder = await mkdtemp(join(tmpdir(), 'sallyport-test-'));
      const file = join(folder, 'test.db');
      if (isMigrated) await copyFile(inject('sqliteTemplate'), file);
      return { url: `sqlite:${file}`, remove: () => rm(folder, { recursive: true, force: true }) };
    }
    case 'postgres': {
      const name = `test_${randomUUID().replaceAll('-', '')}`;
      const server = inject('postgresUrl');
      const template = isMigrated ? { template: inject('postgresTemplate') } : {};
      const url = await createPostgresDatabase(server, { name, ...template });
      return { url, remove: () => dropPostgresDatabase(server, name) };
    }
    default:
      return engine satisfies never;
  }
}
