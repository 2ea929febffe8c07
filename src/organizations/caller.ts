import { markJudged } from '../audit/judged-callers.ts';
import type { Actor } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import type { Tx } from '../storage/database.ts';
import { findSessionOfCaller, findTokenOfCaller } from './caller-queries.ts';

/**
 * Reads the caller's session or machine token again, in the transaction of the change that they ask for: it was good
 * when the request's headers arrived, and may have been ended since. For changes that need no right in an organization;
 * the others ask `requireAccessAlone`, which calls this under the organization's lock.
 *
 * @throws `token_invalid` when the session was ended, the token revoked, or its holder is no instance admin any more.
 */
export async function requireCaller(tx: Tx, actor: Actor): Promise<void> {
  if (!(await isStillCaller(tx, actor))) throw appError('token_invalid', { meta: { reason: 'ended meanwhile' } });
  markJudged(tx, actor);
}

async function isStillCaller(tx: Tx, actor: Actor): Promise<boolean> {
  if (actor.kind === 'identity') {
    const token = await findTokenOfCaller(tx, actor);
    return token !== undefined && (!actor.isInstanceAdmin || token.is_instance_admin === 1);
  }
  const session = await findSessionOfCaller(tx, actor);
  if (session === undefined) return false;
  return !actor.isInstanceAdmin || (session.is_super_admin === 1 && session.auth_method === 'password');
}
