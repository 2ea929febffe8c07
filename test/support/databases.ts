import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pg from 'pg';
import { inject } from 'vitest';

import { silentLogger } from '../../src/kernel/logger.ts';
import type { Database, Engine } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open-database.ts';

/** Every engine that the storage supports; suites of the storage's contract run once for each. */
export const engines: readonly Engine[] = ['sqlite', 'postgres'];

/** A place for a database that exists for one test. */
export interface TestPlace {
  readonly url: string;
  remove(): Promise<void>;
}

export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
  /** Closes the database and removes what it was kept in. */
  destroy(): Promise<void>;
}

/** Opens a new, empty database of an engine, at the current version. */
export async function createTestDatabase(engine: Engine): Promise<TestDatabase> {
  const { url, remove } = await createTestPlace(engine);
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

/** Makes room for a database without opening it: a folder, or an empty database of the shared PostgreSQL server. */
export async function createTestPlace(engine: Engine): Promise<TestPlace> {
  switch (engine) {
    case 'sqlite': {
      const folder = await mkdtemp(join(tmpdir(), 'sallyport-test-'));
      return {
        url: `sqlite:${join(folder, 'test.db')}`,
        remove: () => rm(folder, { recursive: true, force: true }),
      };
    }
    case 'postgres': {
      const name = `test_${randomUUID().replaceAll('-', '')}`;
      await asPostgresAdmin(`create database ${name}`);
      const url = new URL(inject('postgresUrl'));
      url.pathname = `/${name}`;
      return { url: url.href, remove: () => asPostgresAdmin(`drop database ${name} with (force)`) };
    }
    default:
      return engine satisfies never;
  }
}

async function asPostgresAdmin(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
