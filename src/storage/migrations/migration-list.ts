import type { Migration } from 'kysely/migration';

import type { Engine } from '../database.ts';
import { firstSchema } from './0001-first-schema.ts';
import { addApplications } from './0002-applications.ts';

/** Every migration, by the name that a database records. They run once each, in the order of their names. */
export function migrationsFor(engine: Engine): Record<string, Migration> {
  return {
    '0001-first-schema': { up: (db) => firstSchema(db, engine) },
    '0002-applications': { up: (db) => addApplications(db, engine) },
  };
}
