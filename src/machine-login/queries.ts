import type { Insertable } from 'kysely';

import type { Db, Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema/schema.ts';
import { type Params, statement } from '../storage/statement.ts';

export async function insertMachineToken(tx: Tx, row: Insertable<Schema['machine_tokens']>): Promise<void> {
  await tx.insertInto('machine_tokens').values(row).execute();
}

/** A machine token with its identity; `undefined` if it was revoked, has expired, or its identity was deleted. */
export async function findLiveMachineToken(db: Db | Tx, which: { id: string; nowMs: number }) {
  return liveMachineToken.first(db, which);
}

const liveMachineToken = statement((db: Db | Tx, { id, nowMs }: Params<{ id: string; nowMs: number }>) =>
  db
    .selectFrom('machine_tokens')
    .innerJoin('machine_identities', 'machine_identities.id', 'machine_tokens.identity_id')
    .leftJoin('universal_auths', 'universal_auths.identity_id', 'machine_identities.id')
    .select([
      'machine_tokens.id',
      'machine_tokens.identity_id',
      'machine_tokens.client_secret_id',
      'machine_tokens.ttl_seconds',
      'machine_tokens.max_ttl_seconds',
      'machine_tokens.num_uses_limit',
      'machine_tokens.created_at',
      'machine_identities.name',
      'machine_identities.organization_id',
      'machine_identities.is_instance_admin',
      'universal_auths.access_token_trusted_ips',
    ])
    .where('machine_tokens.id', '=', id)
    .where('machine_tokens.is_revoked', '=', 0)
    .where('machine_tokens.expires_at', '>', nowMs),
);

/** Counts one use of a token with a usage limit; false if none is left. */
export async function countMachineTokenUse(tx: Tx, id: string): Promise<boolean> {
  const result = await tx
    .updateTable('machine_tokens')
    .set((row) => ({ num_uses: row('num_uses', '+', 1) }))
    .where('id', '=', id)
    .whereRef('num_uses', '<', 'num_uses_limit')
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Extends a valid token; false if it was revoked. */
export async function extendMachineToken(
  tx: Tx,
  id: string,
  { renewedAt, expiresAt }: { renewedAt: number; expiresAt: number },
): Promise<boolean> {
  const result = await tx
    .updateTable('machine_tokens')
    .set({ renewed_at: renewedAt, expires_at: expiresAt })
    .where('id', '=', id)
    .where('is_revoked', '=', 0)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function revokeMachineToken(tx: Tx, id: string): Promise<boolean> {
  const result = await tx
    .updateTable('machine_tokens')
    .set({ is_revoked: 1 })
    .where('id', '=', id)
    .where('is_revoked', '=', 0)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}
