import type { Db } from '../storage/database.ts';

/** A filter for the entries of a trail. Both bounds are inclusive. */
export interface EntryFilter {
  readonly trail: string;
  readonly eventType: string | undefined;
  readonly actorType: string | undefined;
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
}

/**
 * A page of a trail, newest first. Entries of the same moment are sorted by sequence, the highest first. An index alone
 * decides which entries are on the page, so the entries before the offset are not read.
 */
export async function listEntries(db: Db, filter: EntryFilter, { offset, limit }: { offset: number; limit: number }) {
  const { trail, eventType, actorType, fromMs, toMs } = filter;
  let page = db
    .selectFrom('audit_events')
    .select(['sequence', 'created_at'])
    .where('organization_id', '=', trail)
    .orderBy('created_at', 'desc')
    .orderBy('sequence', 'desc')
    .offset(offset)
    .limit(limit);
  if (eventType !== undefined) page = page.where('event_type', '=', eventType);
  if (actorType !== undefined) page = page.where('actor_type', '=', actorType);
  if (fromMs !== undefined) page = page.where('created_at', '>=', fromMs);
  if (toMs !== undefined) page = page.where('created_at', '<=', toMs);
  return db
    .selectFrom(page.as('page'))
    .innerJoin('audit_events as entry', (join) =>
      join.onRef('entry.sequence', '=', 'page.sequence').on('entry.organization_id', '=', trail),
    )
    .selectAll('entry')
    .orderBy('entry.created_at', 'desc')
    .orderBy('entry.sequence', 'desc')
    .execute();
}

export type EntryRow = Awaited<ReturnType<typeof listEntries>>[number];

/**
 * How many entries of a trail match a filter, up to `countedMax`. The count uses an index. If the filter has both an
 * event
 * and an actor, it covers the latest `countedMax` entries of the event.
 */
export async function countEntriesThatFit(
  db: Db,
  { trail, eventType, actorType, fromMs, toMs }: EntryFilter,
  countedMax: number,
): Promise<number> {
  let entries = db
    .selectFrom('audit_events')
    .select(eventType === undefined ? 'sequence' : 'actor_type')
    .where('organization_id', '=', trail)
    .orderBy('created_at', 'desc')
    .orderBy('sequence', 'desc')
    .limit(countedMax);
  if (eventType !== undefined) entries = entries.where('event_type', '=', eventType);
  else if (actorType !== undefined) entries = entries.where('actor_type', '=', actorType);
  if (fromMs !== undefined) entries = entries.where('created_at', '>=', fromMs);
  if (toMs !== undefined) entries = entries.where('created_at', '<=', toMs);
  let counted = db.selectFrom(entries.as('entries')).select((row) => row.fn.countAll<number>().as('count'));
  if (eventType !== undefined && actorType !== undefined) {
    counted = counted.where('entries.actor_type', '=', actorType);
  }
  const { count } = await counted.executeTakeFirstOrThrow();
  return Number(count);
}
