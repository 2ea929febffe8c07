import type { ApplicationId } from '../contract/ids.ts';
import type { Db, Tx } from '../storage/database.ts';
import type { StoredSecret } from './application.ts';

/** The secrets of applications that have not expired, oldest first, by the application's id. */
export async function listSecrets(
  db: Db | Tx,
  applicationIds: readonly ApplicationId[],
  nowMs: number,
): Promise<ReadonlyMap<string, readonly StoredSecret[]>> {
  if (applicationIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('application_secrets')
    .select(['id', 'application_id', 'last_four', 'created_at', 'expires_at'])
    .where('application_id', 'in', applicationIds)
    .where((row) => row.or([row('expires_at', 'is', null), row('expires_at', '>', nowMs)]))
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return Map.groupBy(
    rows.map((row) => ({
      applicationId: row.application_id,
      id: row.id,
      lastFour: row.last_four,
      createdAtMs: row.created_at,
      expiresAtMs: row.expires_at,
    })),
    ({ applicationId }) => applicationId,
  );
}

export async function insertSecret(
  tx: Tx,
  { applicationId, secretHash, ...secret }: StoredSecret & { applicationId: ApplicationId; secretHash: string },
): Promise<void> {
  await tx
    .insertInto('application_secrets')
    .values({
      id: secret.id,
      application_id: applicationId,
      secret_hash: secretHash,
      last_four: secret.lastFour,
      expires_at: secret.expiresAtMs,
      created_at: secret.createdAtMs,
    })
    .execute();
}

/** Deletes one secret of an application, or all of them. */
export async function deleteSecrets(tx: Tx, applicationId: ApplicationId, secretId?: string): Promise<void> {
  await tx
    .deleteFrom('application_secrets')
    .where('application_id', '=', applicationId)
    .$if(secretId !== undefined, (query) => query.where('id', '=', secretId ?? ''))
    .execute();
}

/** Deletes the secrets of an application that have expired. */
export async function deleteExpiredSecrets(tx: Tx, applicationId: ApplicationId, nowMs: number): Promise<void> {
  await tx
    .deleteFrom('application_secrets')
    .where('application_id', '=', applicationId)
    .where('expires_at', '<=', nowMs)
    .execute();
}
/** The hashes of an application's secrets that have not expired. */
export async function listSecretHashes(db: Db | Tx, applicationId: string, nowMs: number): Promise<string[]> {
  const rows = await db
    .selectFrom('application_secrets')
    .select('secret_hash')
    .where('application_id', '=', applicationId)
    .where((row) => row.or([row('expires_at', 'is', null), row('expires_at', '>', nowMs)]))
    .execute();
  return rows.map(({ secret_hash: hash }) => hash);
}
