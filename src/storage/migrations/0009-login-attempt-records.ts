import { type Kysely, sql } from 'kysely';

import { forEngine } from './for-engine.ts';

/**
 * Records of sign-ins that admins read, and that a flood cannot make grow.
 *
 * An organization's attempts are read newest first, and within a moment in a fixed order; by what they were refused
 * for; and by who signed in. The last two are indexes of only those rows, so that the sign-in that goes well keeps as
 * many indexes as before. What is too old is found organization by organization, which makes the index by time alone
 * superfluous. `refused_attempt_counts` says how many were refused in a minute: how many of them are on record, and
 * how many were only counted.
 */
export async function loginAttemptRecords(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  for (const statement of statements) await sql.raw(forEngine(statement, engine)).execute(db);
}

const statements = [
  `drop index login_attempts_by_organization`,
  `drop index login_attempts_by_time`,
  `create index login_attempts_by_organization on login_attempts (organization_id, created_at, id)`,
  `create index login_attempts_refused on login_attempts (organization_id, created_at, id) where outcome = 'refused'`,
  `create index login_attempts_by_code on login_attempts (organization_id, code, created_at, id)
    where outcome = 'refused'`,
  `create index login_attempts_by_user on login_attempts (organization_id, user_id, created_at, id)
    where user_id is not null`,
  `create table refused_attempt_counts (
    organization_id text not null,
    minute_at bigint not null,
    recorded bigint not null,
    omitted bigint not null,
    primary key (organization_id, minute_at)
  )`,
  `create index refused_attempt_counts_by_time on refused_attempt_counts (minute_at) where omitted = 0`,
];
