import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

import type { PoolClient } from 'pg';

import { silentLogger } from '../../kernel/logger.ts';
import type { Engine } from '../database.ts';
import { StorageStartError } from '../start-error.ts';

/** The values that a column may have. The tables of both engines have no others. */
export type Cell = string | number | null;

export interface SnapshotTable {
  readonly name: string;
  readonly columns: readonly string[];
}

/** One consistent state of a whole database, even during writes. */
export interface Snapshot {
  readonly engine: Engine;
  /** The migrations that were applied to the database. */
  readonly migrations: readonly string[];
  /** Every table, each after the tables that it refers to. */
  readonly tables: readonly SnapshotTable[];
  rows(table: SnapshotTable): AsyncIterable<readonly Cell[]>;
  close(): Promise<void>;
}

const isOwnTable = (name: string) => !name.startsWith('schema_migration') && !name.startsWith('sqlite_');
const fetchCount = 500;

/**
 * Opens a snapshot: on SQLite in a read transaction, which does not disturb a running server; on PostgreSQL in a
 * transaction that is REPEATABLE READ and read only.
 *
 * @throws {StorageStartError} if the database does not exist, or was never migrated.
 */
export async function openSnapshot(url: string): Promise<Snapshot> {
  return url.startsWith('sqlite:') ? openSqliteSnapshot(url.slice('sqlite:'.length)) : openPostgresSnapshot(url);
}

function openSqliteSnapshot(path: string): Snapshot {
  if (!existsSync(path)) throw new StorageStartError(`There is no database at ${path}.`);
  const database = new DatabaseSync(path, { readOnly: true });
  const list = (query: string) => database.prepare(query).all();
  database.exec('begin');
  const names = list(`select name from sqlite_schema where type = 'table' order by name`).map(({ name }) =>
    String(name),
  );
  if (!names.includes('schema_migrations')) {
    database.close();
    throw neverMigrated();
  }
  const own = names.filter(isOwnTable);
  const referred = own.map((name) =>
    list(`pragma foreign_key_list(${quoted(name)})`).map((row) => String(row['table'])),
  );
  const columnsOf = (name: string) => list(`pragma table_info(${quoted(name)})`).map((row) => String(row['name']));
  return {
    engine: 'sqlite',
    migrations: list('select name from schema_migrations order by name').map(({ name }) => String(name)),
    tables: inOrder(own, referred).map((name) => ({ name, columns: columnsOf(name) })),
    rows: async function* (table) {
      for (const row of database.prepare(selectAll(table)).iterate()) yield toCells(table, row);
    },
    close: async () => database.close(),
  };
}

async function openPostgresSnapshot(url: string): Promise<Snapshot> {
  const { createPool } = await import('../postgres/postgres-pool.ts');
  const pool = createPool({ url, size: 1, silenceMsMax: 0 }, silentLogger);
  const client = await pool.connect().catch(async (cause: unknown) => {
    await pool.end();
    throw new StorageStartError('The PostgreSQL database cannot be reached, or rejects this user.', { cause });
  });
  const close = async () => {
    client.release();
    await pool.end();
  };
  const list = async (query: string) => (await client.query<Record<string, unknown>>(query)).rows;
  await client.query('begin isolation level repeatable read read only');
  const found = await list(
    `select table_name as name from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE' order by 1`,
  );
  const names = found.map(({ name }) => String(name));
  if (!names.includes('schema_migrations')) {
    await close();
    throw neverMigrated();
  }
  const own = names.filter(isOwnTable).toSorted();
  const references = await list(
    `select a.relname as name, b.relname as referred from pg_constraint c join pg_class a on a.oid = c.conrelid join pg_class b on b.oid = c.confrelid where c.contype = 'f'`,
  );
  const columns = await list(
    `select table_name as name, column_name as column from information_schema.columns where table_schema = current_schema() order by table_name, ordinal_position`,
  );
  const referred = own.map((name) =>
    references.filter((row) => row['name'] === name).map((row) => String(row['referred'])),
  );
  const columnsOf = (name: string) => columns.filter((row) => row['name'] === name).map((row) => String(row['column']));
  const migrations = (await list('select name from schema_migrations order by name')).map(({ name }) => String(name));
  return {
    engine: 'postgres',
    migrations,
    tables: inOrder(own, referred).map((name) => ({ name, columns: columnsOf(name) })),
    rows: (table) => postgresRows(client, table),
    close,
  };
}

async function* postgresRows(client: PoolClient, table: SnapshotTable): AsyncIterable<readonly Cell[]> {
  await client.query(`declare rows_of_backup no scroll cursor for ${selectAll(table)}`);
  for (;;) {
    const { rows } = await client.query<Record<string, unknown>>(`fetch ${fetchCount} from rows_of_backup`);
    for (const row of rows) yield toCells(table, row);
    if (rows.length < fetchCount) break;
  }
  await client.query('close rows_of_backup');
}

/** Sorts tables so that each comes after the tables that it refers to. */
function inOrder(names: readonly string[], referred: readonly (readonly string[])[]): readonly string[] {
  const sorted: string[] = [];
  while (sorted.length < names.length) {
    const next = names.find(
      (name, index) =>
        !sorted.includes(name) && referred[index]?.every((other) => other === name || sorted.includes(other)) === true,
    );
    if (next === undefined) throw new TypeError('the tables refer to each other in a circle');
    sorted.push(next);
  }
  return sorted;
}

function selectAll({ name, columns }: SnapshotTable): string {
  return `select ${columns.map(quoted).join(', ')} from ${quoted(name)}`;
}

function toCells({ name, columns }: SnapshotTable, row: Readonly<Record<string, unknown>>): readonly Cell[] {
  return columns.map((column) => {
    const value = row[column];
    if (value === null || typeof value === 'string' || typeof value === 'number') return value;
    throw new TypeError(`${name}.${column} has a value that a backup cannot hold`);
  });
}

// The names come from the database's own catalogue.
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function neverMigrated(): StorageStartError {
  return new StorageStartError('The database is empty: Sallyport has not used it yet.');
}
