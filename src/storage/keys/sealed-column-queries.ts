import { sql } from 'kysely';

import type { Db, Tx } from '../database.ts';
import type { Schema } from '../schema/schema.ts';

/** A column with sealed texts, and the purpose of each. */
export interface SealedColumn {
  readonly table: keyof Schema;
  /** The column that identifies a row. */
  readonly key: string;
  readonly column: string;
  /** The columns that the purpose consists of. */
  readonly needs: readonly string[];
  /** The purpose that a row's text was sealed for. */
  purposeOf(row: Readonly<Record<string, string>>): string;
}

export interface SealedRow {
  readonly key: string;
  readonly sealed: string;
  readonly purpose: string;
}

// A sealed text starts with its key's id and a dot. An empty text is not sealed: its content was deleted.
function sealedBy(column: string, keyId: string) {
  return sql<boolean>`substr(${sql.ref(column)}, 1, ${sql.lit(keyId.length + 1)}) = ${`${keyId}.`}`;
}

/** The next rows, by key, that another data key has sealed. */
export async function listSealedOtherwise(
  db: Db,
  { table, key, column, needs, purposeOf }: SealedColumn,
  { keyId, after, limit }: { keyId: string; after: string; limit: number },
): Promise<SealedRow[]> {
  const columns = sql.join([key, column, ...needs].map((name) => sql.ref(name)));
  const { rows } = await sql<Record<string, string>>`select ${columns} from ${sql.table(table)}
    where ${sql.ref(column)} <> '' and not (${sealedBy(column, keyId)}) and ${sql.ref(key)} > ${after}
    order by ${sql.ref(key)} limit ${sql.lit(limit)}`.execute(db);
  return rows.map((row) => ({ key: row[key] ?? '', sealed: row[column] ?? '', purpose: purposeOf(row) }));
}

/** Replaces a sealed text unless it changed in the meantime; returns whether it did. */
export async function replaceSealed(
  tx: Tx,
  { table, key, column }: SealedColumn,
  { row, sealed }: { row: SealedRow; sealed: string },
): Promise<boolean> {
  const result = await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${sealed}
    where ${sql.ref(key)} = ${row.key} and ${sql.ref(column)} = ${row.sealed}`.execute(tx);
  return result.numAffectedRows === 1n;
}

/** How many texts of a column a data key has sealed. */
export async function countSealedBy(db: Db | Tx, { table, column }: SealedColumn, keyId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(table)}
    where ${sealedBy(column, keyId)}`.execute(db);
  return Number(rows[0]?.count ?? 0);
}
