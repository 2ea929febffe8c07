import type { Actor } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { requireAccessToObjectAlone } from '../access/access-to-object.ts';
import type { Action } from '../access/permissions.ts';
import { requireAccessToObject } from '../access/read-access-to-object.ts';
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
  const object = await findOwned(reader.db, identityId);
  const identity = await requireAccessToObject(reader, actor, { ...subject, object, action: 'read' });
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
  const find = async () => findOwned(tx, identityId);
  const identity = await requireAccessToObjectAlone(tx, actor, { ...subject, find, action });
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

async function findOwned(db: Db | Tx, identityId: string) {
  const row = await findIdentity(db, identityId);
  return row && { ...row, organizationId: row.organization_id };
}

function requireWithinReach(actor: Actor, identity: IdentityRow, action: Action): IdentityRow {
  if (isBeyondReach(actor, identity, action)) throw appError('permission_denied');
  return identity;
}
