import { markChecked } from '../audit/checked-callers.ts';
import type { Actor } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import type { Tx } from '../storage/database.ts';
import { findSessionOfCaller, findTokenOfCaller, type Hold } from './caller-queries.ts';
import { isInstanceAdminSession } from './instance-admin.ts';

/**
 * Reads the caller's session or machine token again, in the transaction of the change. It was valid when the request's
 * headers arrived, and may have ended since. For changes under an organization's lock, which ending the organization's
 * sessions takes too; `requireAccessAlone` calls this.
 *
 * @throws `token_invalid` if the session ended, the token was revoked, or its owner is no longer an instance admin.
 */
export async function requireCaller(tx: Tx, actor: Actor): Promise<void> {
  await judge(tx, actor, 'read');
}

/**
 * The same for a change without an organization: the session or token cannot end until the transaction ends. Rows of
 * users are locked before, see `docs/decisions/lock-order.md`.
 *
 * @throws as {@link requireCaller}.
 */
export async function requireCallerLocked(tx: Tx, actor: Actor): Promise<void> {
  await judge(tx, actor, 'locked');
}

async function judge(tx: Tx, actor: Actor, hold: Hold): Promise<void> {
  const isValid = await isStillCaller(tx, actor, hold);
  if (!isValid) throw appError('token_invalid', { meta: { reason: 'revoked_during_request' } });
  markChecked(tx, actor);
}

async function isStillCaller(tx: Tx, actor: Actor, hold: Hold): Promise<boolean> {
  if (actor.kind === 'identity') {
    const token = await findTokenOfCaller(tx, actor, hold);
    return token !== undefined && (!actor.isInstanceAdmin || token.is_instance_admin === 1);
  }
  const session = await findSessionOfCaller(tx, actor, hold);
  if (session === undefined) return false;
  return !actor.isInstanceAdmin || isInstanceAdminSession(session, session);
}
