import { type Kysely, sql } from 'kysely';

/**
 * Indexes for organizations with many members. The list of members goes by address, within one state of activity where
 * that is asked for; whether an organization has an active admin is asked at every change that might take the last one
 * away, and must not cost a look at every member.
 */
export async function membershipIndexes(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create index memberships_by_activity on memberships (organization_id, is_active, email_key)`,
  `create index memberships_by_role on memberships (organization_id, role, is_active)`,
  `create index groups_by_role on groups (organization_id, role)`,
];
