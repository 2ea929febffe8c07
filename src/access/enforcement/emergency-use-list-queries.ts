import type { Db, Tx } from '../../storage/database.ts';

/** A page of the uses in an organization, newest first. */
export async function listEmergencyUses(
  db: Db,
  organizationId: string,
  { offset, limit }: { offset: number; limit: number },
) {
  return db
    .selectFrom('emergency_uses')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .offset(offset)
    .limit(limit)
    .execute();
}

/** The number of uses, or of those of others since a time. */
export async function countEmergencyUses(
  db: Db,
  organizationId: string,
  since?: { readonly afterMs: number; readonly exceptUserId: string },
): Promise<number> {
  const query = db
    .selectFrom('emergency_uses')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('organization_id', '=', organizationId);
  const counted =
    since === undefined
      ? query
      : query.where('created_at', '>', since.afterMs).where('user_id', '!=', since.exceptUserId);
  return Number((await counted.executeTakeFirstOrThrow()).count);
}

/** Until when an admin has marked the uses as seen; 0 for never. */
export async function findSeenUntil(db: Db, organizationId: string, userId: string): Promise<number> {
  const row = await db
    .selectFrom('emergency_use_readers')
    .select('seen_until_at')
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row?.seen_until_at ?? 0;
}

export async function markSeenUntil(
  tx: Tx,
  row: { organization_id: string; user_id: string; seen_until_at: number },
): Promise<void> {
  await tx
    .insertInto('emergency_use_readers')
    .values(row)
    .onConflict((on) => on.columns(['organization_id', 'user_id']).doUpdateSet({ seen_until_at: row.seen_until_at }))
    .execute();
}
