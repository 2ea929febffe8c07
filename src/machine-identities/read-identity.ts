import type { Actor } from '../contract/actor.ts';
import type { MachineIdentity, UniversalAuth } from '../contract/identities.ts';
import type { Database } from '../storage/database.ts';
import { requireIdentity, requireUniversalAuth } from './require-identity.ts';
import { toIdentity } from './to-identity.ts';
import { toUniversalAuth } from './to-universal-auth.ts';

/**
 * One machine identity.
 *
 * @throws `identity_not_found` or `permission_denied`.
 */
export async function readIdentity(
  { database }: { database: Database },
  actor: Actor,
  identityId: string,
): Promise<MachineIdentity> {
  return toIdentity(await requireIdentity(database, actor, identityId));
}

/**
 * How a machine identity logs in.
 *
 * @throws `universal_auth_not_found` in addition.
 */
export async function readUniversalAuth(
  { database }: { database: Database },
  actor: Actor,
  identityId: string,
): Promise<UniversalAuth> {
  const { universalAuth } = await requireUniversalAuth(database, actor, identityId);
  return toUniversalAuth(universalAuth);
}
