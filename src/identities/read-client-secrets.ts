import type { Actor } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import type { ClientSecretData } from '../contract/identities.ts';
import { clientSecretsListedMax } from '../contract/limits.ts';
import type { Database } from '../storage/database.ts';
import { requireUniversalAuth } from './require-identity.ts';
import { toClientSecretData } from './to-universal-auth.ts';
import { findClientSecret, listClientSecretRows } from './universal-auth-queries.ts';

/**
 * What is known of an identity's client secrets: all that are not revoked, then the latest of those that are.
 *
 * @throws `identity_not_found`, `permission_denied` or `universal_auth_not_found`.
 */
export async function listClientSecrets(
  { database }: { database: Database },
  actor: Actor,
  identityId: string,
): Promise<ClientSecretData[]> {
  const { universalAuth } = await requireUniversalAuth(database.db, actor, { identityId, action: 'read' });
  const rows = await listClientSecretRows(database.db, universalAuth.id, clientSecretsListedMax);
  return rows.map(toClientSecretData);
}

/**
 * What is known of one client secret.
 *
 * @throws `client_secret_not_found` besides.
 */
export async function readClientSecret(
  { database }: { database: Database },
  actor: Actor,
  { identityId, clientSecretId }: { identityId: string; clientSecretId: string },
): Promise<ClientSecretData> {
  const { universalAuth } = await requireUniversalAuth(database.db, actor, { identityId, action: 'read' });
  const row = await findClientSecret(database.db, { id: clientSecretId, universalAuthId: universalAuth.id });
  if (row === undefined) throw appError('client_secret_not_found');
  return toClientSecretData(row);
}
