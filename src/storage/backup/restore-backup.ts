import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

import { sql } from 'kysely';

import type { Database, Tx } from '../database.ts';
import { migrationsFor } from '../migrations/migration-list.ts';
import { StorageStartError } from '../start-error.ts';
import type { Cell } from './snapshot.ts';
import { backupFormat } from './write-backup.ts';

const rowsPerStatement = 100;

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
}

/**
 * Fills an empty database from a backup, in one transaction: if anything is wrong with the file, nothing is restored.
 * `check` may reject the restored data before the commit.
 *
 * @throws {StorageStartError} if the database is not empty, or the file is cut, damaged or of another version. The
 *   checksum
 * detects accidents only: someone who alters a file on purpose can compute it again.
 */
export async function restoreBackup(
  database: Database,
  path: string,
  check: (tx: Tx) => Promise<void>,
): Promise<number> {
  return database.transaction(async (tx) => {
    const count = await restoreLines(tx, database, path);
    await check(tx);
    return count;
  });
}

async function restoreLines(tx: Tx, { engine }: Database, path: string): Promise<number> {
  const digest = createHash('sha256');
  const loader = createLoader(tx);
  let isFirst = true;
  let end: { rows: number; sha256: string } | undefined;
  for await (const text of linesOf(path)) {
    if (end !== undefined) throw damaged();
    const value = parse(text);
    if (isEnd(value)) {
      end = value;
      continue;
    }
    if (isFirst) checkHeading(value, Object.keys(migrationsFor(engine)).toSorted());
    else await loader.take(value);
    isFirst = false;
    digest.update(`${text}\n`);
  }
  await loader.flush();
  if (end?.rows !== loader.count() || end.sha256 !== digest.digest('hex')) throw damaged();
  return loader.count();
}

/** Reads the lines between the heading and the end: a table, then its rows, which are inserted in batches. */
function createLoader(tx: Tx) {
  let table: Table | undefined;
  let rows: (readonly Cell[])[] = [];
  let count = 0;
  const flush = async () => {
    if (table !== undefined && rows.length > 0) await insertRows(tx, table, rows);
    rows = [];
  };
  const take = async (value: unknown) => {
    if (isTable(value)) {
      await flush();
      table = { name: value.table, columns: value.columns };
      return requireEmpty(tx, table);
    }
    if (table === undefined || !isRow(value, table.columns.length)) throw damaged();
    rows.push(value);
    count += 1;
    return rows.length >= rowsPerStatement ? flush() : undefined;
  };
  return { take, flush, count: () => count };
}

// Only a line feed ends a line: a value may contain other characters that end lines elsewhere.
async function* linesOf(path: string): AsyncIterable<string> {
  let rest = '';
  for await (const chunk of createReadStream(path, 'utf8')) {
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') throw damaged();
}

function checkHeading(value: unknown, known: readonly string[]): void {
  const { format, migrations } = isObject(value) ? value : {};
  if (format !== backupFormat || !Array.isArray(migrations)) throw new StorageStartError('The file is not a backup.');
  if (migrations.join() === known.join()) return;
  throw new StorageStartError(
    `The backup has version ${migrations.at(-1)}, and this program has version ${known.at(-1)}. Restore it with the program that created it, then upgrade.`,
  );
}

async function requireEmpty(tx: Tx, { name, columns }: Table): Promise<void> {
  if (!/^[a-z_]+$/u.test(name) || !columns.every((column) => /^[a-z_]+$/u.test(column))) throw damaged();
  const found = await sql`select 1 from ${sql.table(name)} limit 1`.execute(tx);
  if (found.rows.length > 0) throw new StorageStartError('The database is not empty. Restore into a new one.');
}

async function insertRows(tx: Tx, { name, columns }: Table, rows: readonly (readonly Cell[])[]): Promise<void> {
  const names = sql.join(columns.map((column) => sql.ref(column)));
  const values = sql.join(rows.map((row) => sql`(${sql.join(row)})`));
  await sql`insert into ${sql.table(name)} (${names}) values ${values}`.execute(tx);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged(cause);
  }
}

function damaged(cause?: unknown): StorageStartError {
  return new StorageStartError('The backup was cut short or damaged. Nothing was restored.', { cause });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isTable(value: unknown): value is { table: string; columns: string[] } {
  return isObject(value) && typeof value['table'] === 'string' && Array.isArray(value['columns']);
}

function isEnd(value: unknown): value is { rows: number; sha256: string } {
  return isObject(value) && typeof value['rows'] === 'number' && typeof value['sha256'] === 'string';
}

function isRow(value: unknown, length: number): value is readonly Cell[] {
  const isCell = (cell: unknown) => cell === null || typeof cell === 'string' || typeof cell === 'number';
  return Array.isArray(value) && value.length === length && value.every(isCell);
}
