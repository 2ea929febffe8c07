import type { AppendAudit } from '../audit/append.ts';
import type { RequestOrigin } from '../contract/actor.ts';
import { parseEmailAddress } from '../contract/email-address.ts';
import { appError } from '../contract/errors.ts';
import { asId, type UserId } from '../contract/ids.ts';
import type { Database } from '../storage/database.ts';
import { verifyPassword } from '../users/password.ts';
import { findUserWithPassword } from '../users/queries.ts';
import type { Sessions, StartedSession } from './sessions.ts';

/** A session that was opened with a password ends after half a day. */
const passwordSessionSeconds = 43_200;

export interface PasswordLogin {
  readonly email: string;
  readonly password: string;
  readonly origin: RequestOrigin;
}

/**
 * Signs the server's administrator in. The same work is done, and the same answer given, whether the address is
 * unknown or the password wrong.
 *
 * @throws `credentials_invalid`
 */
export async function loginWithPassword(
  { database, sessions, audit }: { database: Database; sessions: Sessions; audit: AppendAudit },
  { email, password, origin }: PasswordLogin,
): Promise<StartedSession & { userId: UserId; lifetimeSeconds: number }> {
  const parsed = parseEmailAddress(email);
  const user = parsed.ok ? await findUserWithPassword(database.db, parsed.address.key) : undefined;
  const isRight = await verifyPassword(password, user?.password_hash ?? undefined);
  if (user === undefined) throw appError('credentials_invalid');
  const userId = asId<UserId>(user.id);
  if (!isRight) {
    await database.transaction(async (tx) =>
      audit(tx, {
        organizationId: undefined,
        actor: { type: 'anonymous', metadata: {} },
        event: { type: 'password-login-failed', metadata: { userId } },
        origin,
      }),
    );
    throw appError('credentials_invalid');
  }
  const session = await database.transaction(async (tx) =>
    sessions.start(tx, {
      userId,
      email: user.email,
      organizationId: undefined,
      authMethod: 'password',
      oidcConfigId: undefined,
      lifetimeSeconds: passwordSessionSeconds,
      origin,
    }),
  );
  return { ...session, userId, lifetimeSeconds: passwordSessionSeconds };
}
