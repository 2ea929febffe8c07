import type { AppendAudit } from '../audit/append.ts';
import type { RequestOrigin } from '../contract/actor.ts';
import { parseEmailAddress } from '../contract/email-address.ts';
import { appError } from '../contract/errors.ts';
import { asId, type UserId } from '../contract/ids.ts';
import { networksOf } from '../http/client-networks.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../storage/database.ts';
import type { Passwords } from '../users/password.ts';
import { findUserWithPassword, type UserRow } from '../users/queries.ts';
import { type AttemptAt, forgiveAttempts, takeAttempt } from './attempt-limits.ts';
import type { Sessions, StartedSession } from './sessions.ts';

/** A session that was opened with a password ends after half a day. */
const passwordSessionSeconds = 43_200;

export interface PasswordLogin {
  readonly email: string;
  readonly password: string;
  /** See `NewSession`. */
  readonly replaces: string;
  readonly origin: RequestOrigin;
}

export interface PasswordLoginDeps {
  readonly database: Database;
  readonly sessions: Sessions;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly passwords: Passwords;
}

export type PasswordSession = StartedSession & { readonly userId: UserId; readonly lifetimeSeconds: number };

/**
 * Signs the instance admin in. An unknown address and a wrong password take the same work, write the same and get the
 * same answer. An address that nobody has is limited like one that somebody has.
 *
 * @throws `credentials_invalid`, `credentials_locked` or `work_limited`
 */
export type LoginWithPassword = (login: PasswordLogin) => Promise<PasswordSession>;

/** Makes what signs in with a password. The API and the page share one, and so one gate. */
export function createPasswordLogin(deps: PasswordLoginDeps): LoginWithPassword {
  return async (login) => loginWithPassword(deps, login);
}

async function loginWithPassword(
  deps: PasswordLoginDeps,
  { email, password, replaces, origin }: PasswordLogin,
): Promise<PasswordSession> {
  const parsed = parseEmailAddress(email);
  const account = parsed.ok ? parsed.address.key : email;
  const attempt = { kind: 'password', account, ipAddress: origin.ipAddress } as const;
  const { user, isRight } = await verify(deps, { attempt, parsed, password, origin });
  if (user === undefined || !isRight) {
    await record(deps, { type: 'password-login-failed', user, origin });
    throw appError('credentials_invalid');
  }
  const userId = asId<UserId>(user.id);
  const session = await deps.database.transaction(async (tx) => {
    await forgiveAttempts(tx, attempt);
    return deps.sessions.start(tx, {
      userId,
      email: user.email,
      organizationId: undefined,
      authMethod: 'password',
      oidcConfigId: undefined,
      lifetimeSeconds: passwordSessionSeconds,
      replaces,
      origin,
    });
  });
  return { ...session, userId, lifetimeSeconds: passwordSessionSeconds };
}

// The place at the gate comes first: a request that is refused there reads and writes nothing.
async function verify(
  deps: PasswordLoginDeps,
  { attempt, parsed, password, origin }: PasswordGuess,
): Promise<{ user: UserRow | undefined; isRight: boolean }> {
  const place = deps.passwords.gate.enter({ key: networksOf(origin.ipAddress).widest });
  try {
    const user = parsed.ok ? await findUserWithPassword(deps.database.db, parsed.address.key) : undefined;
    await requireAttempt(deps, { attempt, user, origin });
    await place.turn;
    return { user, isRight: await deps.passwords.verify(password, user?.password_hash ?? undefined) };
  } finally {
    place.leave();
  }
}

interface PasswordGuess {
  readonly attempt: AttemptAt;
  readonly parsed: ReturnType<typeof parseEmailAddress>;
  readonly password: string;
  readonly origin: RequestOrigin;
}

// A power cut may forget a count, and gives a guesser no more than the time that it takes.
async function requireAttempt(
  deps: PasswordLoginDeps,
  { attempt, user, origin }: { attempt: AttemptAt; user: UserRow | undefined; origin: RequestOrigin },
): Promise<void> {
  const { database, clock } = deps;
  const verdict = await database.transaction((tx) => takeAttempt(tx, attempt, clock.nowMs()), {
    durability: 'relaxed',
  });
  if (verdict === 'allowed') return;
  if (verdict === 'limited-first') await record(deps, { type: 'password-login-limited', user, origin });
  throw appError('credentials_locked');
}

async function record(
  { database, audit }: PasswordLoginDeps,
  {
    type,
    user,
    origin,
  }: {
    type: 'password-login-failed' | 'password-login-limited';
    user: UserRow | undefined;
    origin: RequestOrigin;
  },
): Promise<void> {
  await database.transaction(async (tx) =>
    audit(tx, {
      organizationId: undefined,
      actor: { type: 'anonymous', metadata: {} },
      event: { type, metadata: { userId: user?.id ?? null } },
      origin,
    }),
  );
}
