import { sql } from 'kysely';
import { expect } from 'vitest';

import { decodeRecord } from '../../src/login-attempts/stored-record.ts';
import type { Database } from '../../src/storage/database.ts';

type Row = Readonly<Record<string, unknown>>;

/** Every row of every table, by the table's name. */
export type StoredRows = ReadonlyMap<string, readonly Row[]>;

/** Reads the whole database, whatever its tables. */
export async function readEverything({ db, engine }: Database): Promise<StoredRows> {
  const tables = await sql<{ name: string }>`${
    engine === 'postgres'
      ? sql`select table_name as name from information_schema.tables where table_schema = 'public'`
      : sql`select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'`
  }`.execute(db);
  const rows = new Map<string, readonly Row[]>();
  for (const { name } of tables.rows) {
    rows.set(name, (await sql<Row>`select * from ${sql.table(name)}`.execute(db)).rows);
  }
  return rows;
}

interface Change {
  readonly table: string;
  /** New rows, including the new state of changed rows. */
  readonly added: readonly Row[];
  /** Removed rows, including the old state of changed rows. */
  readonly removed: readonly Row[];
}

function changesBetween(before: StoredRows, after: StoredRows): readonly Change[] {
  return [...after.keys()].flatMap((table) => {
    const [then, now] = [before.get(table) ?? [], after.get(table) ?? []];
    const [thenTexts, nowTexts] = [textsOf(then), textsOf(now)];
    const added = now.filter((row) => !thenTexts.has(JSON.stringify(row)));
    const removed = then.filter((row) => !nowTexts.has(JSON.stringify(row)));
    return added.length + removed.length === 0 ? [] : [{ table, added, removed }];
  });
}

const textsOf = (rows: readonly Row[]) => new Set(rows.map((row) => JSON.stringify(row)));

/** Expects that nothing was written since the database was read. */
export async function expectUntouched(database: Database, before: StoredRows): Promise<void> {
  expect(changesBetween(before, await readEverything(database))).toEqual([]);
}

/**
 * Expects that only the record of one refused sign-in was written since the database was read: its attempt, the count
 * of refusals in that
 * minute and, at a connection's first sign-in, the origin of its token endpoint. If the browser had left for the
 * provider, there is also an
 * entry in the organization's trail, with the new seal.
 */
export async function expectOnlyRecordOf(database: Database, before: StoredRows, attemptId: string): Promise<void> {
  const changes = changesBetween(before, await readEverything(database));
  const of = (name: string): Change => changes.find(({ table }) => table === name) ?? { ...unchanged, table: name };
  expect(of('login_attempts')).toMatchObject({ added: [{ id: attemptId }], removed: [] });
  const attempt = of('login_attempts').added[0];
  const organizationId = of('refused_login_attempt_counts').added[0]?.['organization_id'];
  expect([organizationId, null]).toContain(attempt?.['organization_id']);
  expectOneRowOf(of('refused_login_attempt_counts'), organizationId);
  expectOnlyPin(of('connections'), organizationId);
  const { steps } = decodeRecord(String(attempt?.['details'])) ?? { steps: [] };
  const hadLeft = of('audit_events').added.length > 0;
  expect(hadLeft || !steps.some(({ name }) => name === 'attempt_cookie')).toBe(true);
  if (hadLeft) {
    const entry = { organization_id: organizationId, event_type: 'sign-in-refused' };
    expect(of('audit_events')).toMatchObject({ added: [entry], removed: [] });
    expect(JSON.parse(String(of('audit_events').added[0]?.['event_metadata']))).toMatchObject({ attemptId });
    expectOneRowOf(of('audit_heads'), organizationId);
  }
  const always = ['login_attempts', 'refused_login_attempt_counts', 'connections'];
  const expected = new Set(hadLeft ? [...always, 'audit_events', 'audit_heads'] : always);
  expect(changes.filter(({ table }) => !expected.has(table))).toEqual([]);
}

const unchanged = { added: [], removed: [] } as const;

/** One row of an organization was added or changed. */
function expectOneRowOf({ added, removed }: Change, organizationId: unknown): void {
  expect(added).toMatchObject([{ organization_id: organizationId }]);
  expect(removed.length).toBeLessThanOrEqual(1);
  for (const row of removed) expect(row).toMatchObject({ organization_id: organizationId });
}

function expectOnlyPin({ added, removed }: Change, organizationId: unknown): void {
  const pins = { token_endpoint_origin: expect.any(String), pinned_issuer: expect.any(String) };
  const pinned = { organization_id: organizationId, ...pins };
  expect(removed.map((row) => row['token_endpoint_origin'])).toEqual(removed.map(() => null));
  expect(added).toEqual(removed.slice(0, 1).map((row) => ({ ...row, ...pinned })));
}
