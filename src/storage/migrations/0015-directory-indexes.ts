import { type Kysely, sql } from 'kysely';

/**
 * Indexes for the lists of an organization that has a hundred thousand of something. Invitations are listed newest first
 * by what became of them, and those that are open are counted with each new one; machine identities go by name; and
 * whoever is put into a group is named by their user name.
 */
export async function directoryIndexes(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create index invitations_by_status on invitations (organization_id, status, created_at, id)`,
  `create index invitations_by_status_and_end on invitations (organization_id, status, expires_at)`,
  `drop index machine_identities_by_organization`,
  `create index machine_identities_by_name on machine_identities (organization_id, name, id)`,
  `create index users_by_username on users (username)`,
];
