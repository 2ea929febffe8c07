/** The users of the server, and the password of the instance admin who set it up. */
import { appError } from '../contract/errors.ts';
import { sessionRoutes, type User } from '../contract/sessions.ts';
import type { Mount } from '../http/mount.ts';
import type { Database } from '../storage/database.ts';
import { findUser, type UserRow } from './queries.ts';

export function mountUsers(mount: Mount, { database }: { database: Database }): void {
  mount(sessionRoutes.readMe, async ({ actor }) => {
    const user = await findUser(database.db, actor.userId);
    if (user === undefined) throw appError('user_not_found');
    return { user: toUser(user) };
  });
}

/** A user as the API shows them. */
function toUser(row: UserRow): User {
  return {
    id: row.id,
    email: row.email,
    username: row.username,
    firstName: row.first_name,
    lastName: row.last_name,
    isEmailVerified: row.is_email_verified === 1,
    superAdmin: row.is_instance_admin === 1,
    createdAt: new Date(row.created_at).toISOString(),
    updatedAt: new Date(row.updated_at).toISOString(),
  };
}
