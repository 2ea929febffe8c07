import type { ApplicationId } from '../contract/ids.ts';
import type { Db, Tx } from '../storage/database.ts';
import { type Params, statement } from '../storage/statement.ts';

/** A code, a token or a pushed authorization request as it is stored. */
export interface StoredToken {
  readonly tokenHash: string;
  readonly model: string;
  readonly applicationId: string;
  readonly sessionId: string | null;
  /** JSON, without the value of the token. */
  readonly payload: string;
  readonly consumedAtMs: number | null;
  readonly expiresAtMs: number;
}

/** Adds a token; false if it exists. A refresh token that replaces another one exists if two requests made it at once. */
export async function insertToken(tx: Tx, token: StoredToken & { readonly nowMs: number }): Promise<boolean> {
  const result = await tx
    .insertInto('application_tokens')
    .values({
      token_hash: token.tokenHash,
      model: token.model,
      application_id: token.applicationId,
      session_id: token.sessionId,
      payload: token.payload,
      consumed_at: token.consumedAtMs,
      expires_at: token.expiresAtMs,
      created_at: token.nowMs,
    })
    .onConflict((on) => on.column('token_hash').doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function findToken(
  db: Db | Tx,
  wanted: { readonly tokenHash: string; readonly model: string },
): Promise<StoredToken | undefined> {
  const row = await tokenByHash.first(db, wanted);
  return (
    row && {
      tokenHash: row.token_hash,
      model: row.model,
      applicationId: row.application_id,
      sessionId: row.session_id,
      payload: row.payload,
      consumedAtMs: row.consumed_at,
      expiresAtMs: row.expires_at,
    }
  );
}

const tokenByHash = statement((db: Db | Tx, { tokenHash, model }: Params<{ tokenHash: string; model: string }>) =>
  db.selectFrom('application_tokens').selectAll().where('token_hash', '=', tokenHash).where('model', '=', model),
);

/** Marks a token as used; false if another request was first. Of several requests, exactly one gets true. */
export async function claimToken(tx: Tx, claim: { tokenHash: string; nowMs: number }): Promise<boolean> {
  return (await claimByHash.run(tx, claim)) === 1;
}

const claimByHash = statement((tx: Tx, { tokenHash, nowMs }: Params<{ tokenHash: string; nowMs: number }>) =>
  tx
    .updateTable('application_tokens')
    .set({ consumed_at: nowMs })
    .where('token_hash', '=', tokenHash)
    .where('consumed_at', 'is', null),
);

/** Whether a token is still stored. */
export async function hasToken(tx: Tx, tokenHash: string): Promise<boolean> {
  const row = await tx
    .selectFrom('application_tokens')
    .select('token_hash')
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst();
  return row !== undefined;
}

export async function deleteToken(tx: Tx, tokenHash: string): Promise<void> {
  await tx.deleteFrom('application_tokens').where('token_hash', '=', tokenHash).execute();
}

/** Deletes every token that an application has from a session; returns how many there were. */
export async function deleteTokensOfSession(
  tx: Tx,
  { sessionId, applicationId }: { sessionId: string; applicationId: string },
): Promise<number> {
  const result = await tx
    .deleteFrom('application_tokens')
    .where('session_id', '=', sessionId)
    .where('application_id', '=', applicationId)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

/** Deletes up to a number of tokens that expired before a moment, oldest first; returns how many there were. */
export async function deleteTokensExpiredBefore(tx: Tx, beforeMs: number, limit: number): Promise<number> {
  const expired = tx
    .selectFrom('application_tokens')
    .select('token_hash')
    .where('expires_at', '<=', beforeMs)
    .orderBy('expires_at')
    .limit(limit);
  const result = await tx.deleteFrom('application_tokens').where('token_hash', 'in', expired).executeTakeFirst();
  return Number(result.numDeletedRows);
}

/** Records that an application uses a session, with the `sid` that its tokens contain. */
export async function touchApplicationSession(
  tx: Tx,
  use: { sessionId: string; applicationId: ApplicationId; sid: string; nowMs: number },
): Promise<void> {
  const { sessionId, applicationId, sid, nowMs } = use;
  await tx
    .insertInto('application_sessions')
    .values({ session_id: sessionId, application_id: applicationId, sid, created_at: nowMs, last_used_at: nowMs })
    .onConflict((on) => on.columns(['session_id', 'application_id']).doUpdateSet({ last_used_at: nowMs }))
    .execute();
}
