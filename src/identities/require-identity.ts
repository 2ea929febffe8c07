import type { Actor } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { requireAccessToRow } from '../organizations/access-to-row.ts';
import type { Action } from '../organizations/permissions.ts';
import type { Db, Tx } from '../storage/database.ts';
import { findIdentity, type IdentityRow } from './queries.ts';
import { isBeyondReach } from './rules.ts';
import { findUniversalAuth, type UniversalAuthRow } from './universal-auth-queries.ts';

interface IdentityQuestion {
  readonly identityId: string;
  readonly action: Action;
}

/**
 * The machine identity that a caller named, once it is sure that they may do to it what they want.
 *
 * @throws `identity_not_found` or `permission_denied`.
 */
export async function requireIdentity(
  db: Db | Tx,
  actor: Actor,
  { identityId, action }: IdentityQuestion,
): Promise<IdentityRow> {
  const row = await findIdentity(db, identityId);
  const identity = await requireAccessToRow(db, actor, {
    row,
    missing: 'identity_not_found',
    subject: 'identity',
    action,
  });
  if (isBeyondReach(actor, identity, action)) throw appError('permission_denied');
  return identity;
}

/**
 * The same, with the identity's universal auth.
 *
 * @throws `universal_auth_not_found` besides.
 */
export async function requireUniversalAuth(
  db: Db | Tx,
  actor: Actor,
  question: IdentityQuestion,
): Promise<{ identity: IdentityRow; universalAuth: UniversalAuthRow }> {
  const identity = await requireIdentity(db, actor, question);
  const universalAuth = await findUniversalAuth(db, identity.id);
  if (universalAuth === undefined) throw appError('universal_auth_not_found');
  return { identity, universalAuth };
}
