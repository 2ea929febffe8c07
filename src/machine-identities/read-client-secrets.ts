import type { Actor } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import type { ClientSecretData } from '../contract/identities.ts';
import { clientSecretsListedMax } from '../contract/limits.ts';
import type { Database } from '../storage/database.ts';
import { requireUniversalAuth } from './require-identity.ts';
import { toClientSecretData } from './to-universal-auth.ts';
import { countClientSecrets, findClientSecret, listClientSecretRows } from './universal-auth-queries.ts';

/**
 * A page of an identity's client secrets without their values: first the valid ones, then the revoked ones, newest
 * first.
 *
 * @throws `identity_not_found`, `permission_denied` or `universal_auth_not_found`.
 */
export async function listClientSecrets(
  { database }: { database: Database },
  actor: Actor,
  { identityId, offset = 0, limit = clientSecretsListedMax }: { identityId: string; offset?: number; limit?: number },
): Promise<{ clientSecretData: ClientSecretData[]; totalCount: number }> {
  const { universalAuth } = await requireUniversalAuth(database, actor, identityId);
  const rows = await listClientSecretRows(database.db, universalAuth.id, { offset, limit });
  return {
    clientSecretData: rows.map(toClientSecretData),
    totalCount: await countClientSecrets(database.db, universalAuth.id),
  };
}

/**
 * The metadata of one client secret.
 *
 * @throws `client_secret_not_found` in addition.
 */
export async function readClientSecret(
  { database }: { database: Database },
  actor: Actor,
  { identityId, clientSecretId }: { identityId: string; clientSecretId: string },
): Promise<ClientSecretData> {
  const { universalAuth } = await requireUniversalAuth(database, actor, identityId);
  const row = await findClientSecret(database.db, { id: clientSecretId, universalAuthId: universalAuth.id });
  if (row === undefined) throw appError('client_secret_not_found');
  return toClientSecretData(row);
}
