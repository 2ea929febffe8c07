import { type DatabaseIntrospector, type Kysely, PostgresIntrospector } from 'kysely';

import { migrationTriesMax } from '../limits.ts';
import { sqlState } from './postgres-errors.ts';

/** SQLSTATEs of a catalogue query that names a column or table that no longer exists. */
const gone: ReadonlySet<string | undefined> = new Set(['42703', '42P01']);

/**
 * Kysely's introspector, which tries again if what it had just found is gone. Its statement sees the columns as they
 * were
 * when it began and then looks up each by name. Another node's migration may drop one in between.
 */
export function createPostgresIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
  const introspector = new PostgresIntrospector(db);
  return {
    getSchemas: async () => introspector.getSchemas(),
    getTables: async (options) => {
      for (let tries = 1; ; tries += 1) {
        try {
          return await introspector.getTables(options);
        } catch (thrown) {
          if (!gone.has(sqlState(thrown)) || tries === migrationTriesMax) throw thrown;
        }
      }
    },
  };
}
