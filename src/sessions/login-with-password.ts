import { setTimeout as delay } from 'node:timers/promises';

import type { AuditedDatabase } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { ClientInfo } from '../contract/actor.ts';
import { parseEmailAddress } from '../contract/email-address.ts';
import { appError, isKnownError } from '../contract/errors.ts';
import { asId, type UserId } from '../contract/ids.ts';
import type { Place } from '../costly-work/gate.ts';
import { networksOf } from '../http/client-networks.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Passwords } from '../users/password.ts';
import { findUserWithPassword, lockUserShared, type UserRow } from '../users/queries.ts';
import { type AttemptAt, resetPasswordAttempts, isKnownNetwork, takeAttempt } from './attempt-limits.ts';
import type { Sessions, StartedSession } from './sessions.ts';

/** The lifetime of a session with a password: half a day. */
const passwordSessionSeconds = 43_200;

export interface PasswordLogin {
  readonly email: string;
  readonly password: string;
  /** See `NewSession`. */
  readonly replaces: string;
  readonly clientInfo: ClientInfo;
}

export interface PasswordLoginDeps {
  readonly database: AuditedDatabase;
  readonly sessions: Sessions;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly passwords: Passwords;
}

export type PasswordSession = StartedSession & { readonly userId: UserId; readonly lifetimeSeconds: number };

/**
 * Signs the instance admin in. An unknown address and a wrong password need the same work, write the same and get the
 * same response. An unknown address has the same limits as a known one.
 *
 * @throws `credentials_invalid`, `credentials_locked` or `work_limited`
 */
export type LoginWithPassword = (login: PasswordLogin) => Promise<PasswordSession>;

/** Creates the password sign-in. The API and the page share one, and so one gate. */
export function createPasswordLogin(deps: PasswordLoginDeps): LoginWithPassword {
  return async (login) => loginWithPassword(deps, login);
}

async function loginWithPassword(
  deps: PasswordLoginDeps,
  { email, password, replaces, clientInfo }: PasswordLogin,
): Promise<PasswordSession> {
  const parsed = parseEmailAddress(email);
  const account = parsed.ok ? parsed.address.key : email;
  const attempt = { kind: 'password', account, ipAddress: clientInfo.ipAddress } as const;
  const { user, isRight } = await verify(deps, { attempt, parsed, password, clientInfo });
  if (user === undefined || !isRight) {
    await record(deps, { type: 'password-login-failed', user, clientInfo });
    throw appError('credentials_invalid');
  }
  const userId = asId<UserId>(user.id);
  const session = await deps.database.transaction(async (tx) => {
    // Checking the password takes a while, so the account is read again.
    const present = await lockUserShared(tx, userId);
    if (present?.password_hash !== user.password_hash) throw appError('credentials_invalid');
    await resetPasswordAttempts(tx, attempt, deps.clock.nowMs());
    return deps.sessions.start(tx, {
      userId,
      email: user.email,
      organizationId: undefined,
      authMethod: 'password',
      oidcConfigId: undefined,
      lifetimeSeconds: passwordSessionSeconds,
      replaces,
      clientInfo,
    });
  });
  return { ...session, userId, lifetimeSeconds: passwordSessionSeconds };
}

// The place at the gate comes first, because a request that is rejected there writes nothing. It is returned while a
// slowed attempt waits.
async function verify(
  deps: PasswordLoginDeps,
  { parsed, password, ...guess }: PasswordGuess,
): Promise<{ user: UserRow | undefined; isRight: boolean }> {
  let place = await enterGate(deps, guess.attempt);
  try {
    const user = parsed.ok ? await findUserWithPassword(deps.database.db, parsed.address.key) : undefined;
    const waitMs = await requireAttempt(deps, { ...guess, user });
    if (waitMs > 0) {
      place.leave();
      await delay(waitMs);
      place = await enterGate(deps, guess.attempt);
    }
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
  readonly clientInfo: ClientInfo;
}

// Strangers share the places of their widest network. A known network is served before them and has its own places.
async function enterGate({ passwords, database }: PasswordLoginDeps, attempt: AttemptAt): Promise<Place> {
  const { narrowest, widest } = networksOf(attempt.ipAddress);
  try {
    return passwords.gate.enter({ key: widest });
  } catch (refusal) {
    if (!isKnownError(refusal) || refusal.code !== 'work_limited') throw refusal;
    const mayHelp = refusal.meta.isFull === true || widest !== narrowest;
    if (!mayHelp || !(await isKnownNetwork(database.db, attempt))) throw refusal;
    return passwords.gate.enter({ key: `known ${narrowest}`, isPreferred: true });
  }
}

// A power failure may lose a count, which gains a guesser less time than it costs.
async function requireAttempt(
  deps: PasswordLoginDeps,
  { attempt, user, clientInfo }: { attempt: AttemptAt; user: UserRow | undefined; clientInfo: ClientInfo },
): Promise<number> {
  const { database, clock } = deps;
  const verdict = await database.transaction((tx) => takeAttempt(tx, attempt, clock.nowMs()), {
    durability: 'relaxed',
  });
  if (verdict.isFirstOverLimit) await record(deps, { type: 'password-login-limited', user, clientInfo });
  switch (verdict.kind) {
    case 'allowed':
      return verdict.waitMs;
    case 'limited':
      throw appError('credentials_locked');
    case 'crowded':
      throw appError('work_limited', { meta: { retryAfterSeconds: verdict.retryAfterSeconds } });
    default:
      return verdict satisfies never;
  }
}

async function record(
  { database, audit }: PasswordLoginDeps,
  {
    type,
    user,
    clientInfo,
  }: {
    type: 'password-login-failed' | 'password-login-limited';
    user: UserRow | undefined;
    clientInfo: ClientInfo;
  },
): Promise<void> {
  await database.transaction(async (tx) =>
    audit(tx, {
      organizationId: undefined,
      actor: { type: 'anonymous', metadata: {} },
      event: { type, metadata: { userId: user?.id ?? null } },
      clientInfo,
    }),
  );
}
