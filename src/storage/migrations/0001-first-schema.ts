import { type Kysely, sql } from 'kysely';

import { auditTables, postgresAuditTriggers, sqliteAuditTriggers } from './first-schema/audit-tables.ts';
import { connectionTables } from './first-schema/connection-tables.ts';
import { directoryTables } from './first-schema/directory-tables.ts';
import { emailDomainTables } from './first-schema/email-domain-tables.ts';
import { invitationTables } from './first-schema/invitation-tables.ts';
import { loginAttemptTables } from './first-schema/login-attempt-tables.ts';
import { machineTables } from './first-schema/machine-tables.ts';
import { serverTables } from './first-schema/server-tables.ts';
import { sessionTables } from './first-schema/session-tables.ts';
import { forEngine } from './for-engine.ts';

/**
 * The first schema: the whole data model, topic by topic.
 *
 * Both engines have the same tables, written once with PostgreSQL's type names; SQLite's strict tables call every integer
 * type `integer`. Text compares byte for byte on both (`collate "C"`), so that lists have one order whatever the locale
 * of the PostgreSQL database. Times (`*_at`) are milliseconds since the Unix epoch and booleans are 0 or 1, so that no
 * driver converts values. Secrets are stored as hashes, or sealed (`sealed_*`) with a data key.
 */
export async function firstSchema(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  const triggers = engine === 'postgres' ? postgresAuditTriggers : sqliteAuditTriggers;
  // The statements are constants; none contains input.
  for (const statement of tables) await sql.raw(forEngine(statement, engine)).execute(db);
  for (const statement of triggers) await sql.raw(statement).execute(db);
}

const tables = [
  ...serverTables,
  ...directoryTables,
  ...emailDomainTables,
  ...machineTables,
  ...connectionTables,
  ...sessionTables,
  ...loginAttemptTables,
  ...invitationTables,
  ...auditTables,
];
