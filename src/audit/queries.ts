import type { Db, Engine, Tx } from '../storage/database.ts';
import { type Params, statement } from '../storage/statement.ts';
import type { AuditHead, AuditRow } from './chain.ts';
import { serverTrail } from './trail-name.ts';

/**
 * Reads the head of a trail and keeps every other transaction from appending to it until this one ends. SQLite runs one
 * transaction at a time anyway.
 */
export async function lockHead(tx: Tx, organizationId: string, engine: Engine): Promise<AuditHead | undefined> {
  return (engine === 'postgres' ? headForUpdate : headOfTrail).first(tx, { organizationId });
}

const headOfTrail = statement((db: Db | Tx, { organizationId }: Params<{ organizationId: string }>) =>
  db.selectFrom('audit_heads').selectAll().where('organization_id', '=', organizationId),
);
const headForUpdate = statement((tx: Tx, { organizationId }: Params<{ organizationId: string }>) =>
  tx.selectFrom('audit_heads').selectAll().where('organization_id', '=', organizationId).forUpdate(),
);

/** Inserts the head of a new trail, unless another transaction was faster. */
export async function insertHead(tx: Tx, head: AuditHead): Promise<void> {
  await tx
    .insertInto('audit_heads')
    .values(head)
    .onConflict((on) => on.doNothing())
    .execute();
}

export async function updateHead(tx: Tx, head: AuditHead): Promise<void> {
  await moveHead.send(tx, head);
}

const moveHead = statement((tx: Tx, { organization_id, ...head }: Params<AuditHead>) =>
  tx.updateTable('audit_heads').set(head).where('organization_id', '=', organization_id),
);

/** Up to this many entries have a compiled statement for their number. */
const rowsOfStatementMax = 8;

export async function insertAuditEvents(tx: Tx, rows: readonly AuditRow[]): Promise<void> {
  if (rows.length > rowsOfStatementMax) await tx.insertInto('audit_events').values(rows).execute();
  else await addEvents.send(tx, { rows });
}

const addEvents = statement((tx: Tx, { rows }: Params<{ rows: readonly AuditRow[] }>) =>
  tx.insertInto('audit_events').values(rows),
);

export async function findSealedHeadKey(db: Db | Tx): Promise<string | undefined> {
  const row = await db.selectFrom('audit_keys').select('sealed_key').where('id', '=', 'head').executeTakeFirst();
  return row?.sealed_key;
}

export async function insertSealedHeadKey(tx: Tx, sealedKey: string): Promise<void> {
  await tx
    .insertInto('audit_keys')
    .values({ id: 'head', sealed_key: sealedKey })
    .onConflict((on) => on.doNothing())
    .execute();
}

export async function findHead(db: Db | Tx, organizationId: string): Promise<AuditHead | undefined> {
  return headOfTrail.first(db, { organizationId });
}

export async function hasHeads(db: Db | Tx): Promise<boolean> {
  const row = await db.selectFrom('audit_heads').select('organization_id').limit(1).executeTakeFirst();
  return row !== undefined;
}

export async function hasOrganization(db: Db | Tx, id: string): Promise<boolean> {
  const row = await db.selectFrom('organizations').select('id').where('id', '=', id).executeTakeFirst();
  return row !== undefined;
}

/** Entries of a trail after a sequence, in order. */
export async function listEntriesAfter(
  db: Db | Tx,
  { organizationId, after, limit }: { organizationId: string; after: number; limit: number },
): Promise<AuditRow[]> {
  return db
    .selectFrom('audit_events')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('sequence', '>', after)
    .orderBy('sequence')
    .limit(limit)
    .execute();
}

export async function findEntryHash(
  db: Db | Tx,
  organizationId: string,
  sequence: number,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('audit_events')
    .select('hash')
    .where('organization_id', '=', organizationId)
    .where('sequence', '=', sequence)
    .executeTakeFirst();
  return row?.hash;
}

/** The first entry of a trail that is not older than a moment; `undefined` if all are older. */
export async function findFirstSince(
  db: Db | Tx,
  organizationId: string,
  sinceMs: number,
): Promise<number | undefined> {
  const row = await db
    .selectFrom('audit_events')
    .select('sequence')
    .where('organization_id', '=', organizationId)
    .where('created_at', '>=', sinceMs)
    .orderBy('sequence')
    .limit(1)
    .executeTakeFirst();
  return row?.sequence;
}

/** Removes the first entries of a trail, up to a limit, and returns how many. A trigger allows only pruned entries. */
export async function deleteFirstEntries(
  tx: Tx,
  { organizationId, through, limit }: { organizationId: string; through: number; limit: number },
): Promise<number> {
  const first = await tx
    .selectFrom('audit_events')
    .select('sequence')
    .where('organization_id', '=', organizationId)
    .orderBy('sequence')
    .limit(1)
    .executeTakeFirst();
  if (first === undefined) return 0;
  const result = await tx
    .deleteFrom('audit_events')
    .where('organization_id', '=', organizationId)
    .where('sequence', '<=', Math.min(through, first.sequence + limit - 1))
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

/** The name of the next trail in alphabetical order, among heads, entries, organizations and the server. */
export async function findNextTrail(db: Db, after: string): Promise<string | undefined> {
  const [head, entry, organization] = await Promise.all([
    db
      .selectFrom('audit_heads')
      .select('organization_id as name')
      .where('organization_id', '>', after)
      .orderBy('organization_id')
      .limit(1)
      .executeTakeFirst(),
    db
      .selectFrom('audit_events')
      .select('organization_id as name')
      .where('organization_id', '>', after)
      .orderBy('organization_id')
      .limit(1)
      .executeTakeFirst(),
    db
      .selectFrom('organizations')
      .select('id as name')
      .where('id', '>', after)
      .orderBy('id')
      .limit(1)
      .executeTakeFirst(),
  ]);
  return [head, entry, organization]
    .flatMap((found) => found?.name ?? [])
    .concat(serverTrail > after ? [serverTrail] : [])
    .toSorted()
    .at(0);
}
