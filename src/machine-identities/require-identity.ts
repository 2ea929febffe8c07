import type { Actor } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { requireAccessToRowAlone } from '../access/access-to-row.ts';
import type { Action } from '../access/permissions.ts';
import { requireAccessToRow } from '../access/read-access-to-row.ts';
import type { Db, Reader, Tx } from '../storage/database.ts';
import { findIdentity, type IdentityRow } from './queries.ts';
import { isBeyondReach } from './rules.ts';
import { findUniversalAuth, type UniversalAuthRow } from './universal-auth-queries.ts';

interface IdentityQuestion {
  readonly identityId: string;
  readonly action: Action;
}

/** A machine identity with its universal auth. */
interface WithUniversalAuth {
  readonly identity: IdentityRow;
  readonly universalAuth: UniversalAuthRow;
}

const subject = { missing: 'identity_not_found', subject: 'identity' } as const;

/**
 * The named machine identity, if the caller may read it.
 *
 * @throws `identity_not_found` or `permission_denied`.
 */
export async function requireIdentity(reader: Reader, actor: Actor, identityId: string): Promise<IdentityRow> {
  const row = await findIdentity(reader.db, identityId);
  const identity = await requireAccessToRow(reader, actor, { ...subject, row, action: 'read' });
  return requireWithinReach(actor, identity, 'read');
}

/**
 * The named machine identity, if the caller may change it. Locks the organization, see `requireAccessAlone`.
 *
 * @throws `identity_not_found`, `permission_denied` or `token_invalid`.
 */
export async function requireIdentityAlone(
  tx: Tx,
  actor: Actor,
  { identityId, action }: IdentityQuestion,
): Promise<IdentityRow> {
  const find = async () => findIdentity(tx, identityId);
  const identity = await requireAccessToRowAlone(tx, actor, { ...subject, find, action });
  return requireWithinReach(actor, identity, action);
}

/**
 * As {@link requireIdentity}, with the identity's universal auth.
 *
 * @throws `universal_auth_not_found` in addition.
 */
export async function requireUniversalAuth(
  reader: Reader,
  actor: Actor,
  identityId: string,
): Promise<WithUniversalAuth> {
  return withUniversalAuth(reader.db, await requireIdentity(reader, actor, identityId));
}

/**
 * As {@link requireIdentityAlone}, with the identity's universal auth.
 *
 * @throws `universal_auth_not_found` in addition.
 */
export async function requireUniversalAuthAlone(
  tx: Tx,
  actor: Actor,
  question: IdentityQuestion,
): Promise<WithUniversalAuth> {
  return withUniversalAuth(tx, await requireIdentityAlone(tx, actor, question));
}

async function withUniversalAuth(db: Db | Tx, identity: IdentityRow): Promise<WithUniversalAuth> {
  const universalAuth = await findUniversalAuth(db, identity.id);
  if (universalAuth === undefined) throw appError('universal_auth_not_found');
  return { identity, universalAuth };
}

function requireWithinReach(actor: Actor, identity: IdentityRow, action: Action): IdentityRow {
  if (isBeyondReach(actor, identity, action)) throw appError('permission_denied');
  return identity;
}
