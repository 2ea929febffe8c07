import { randomUUID } from 'node:crypto';

import { Kysely, PostgresDialect, sql } from 'kysely';
import { expect, it } from 'vitest';

import { type TrailReport, verifyAudit } from '../../src/audit/verify-audit.ts';
import { silentLogger } from '../../src/kernel/logger.ts';
import { migrate } from '../../src/storage/migrations/migrate.ts';
import { migrationsFor } from '../../src/storage/migrations/migration-list.ts';
import { openDatabase } from '../../src/storage/open-database.ts';
import type { Schema } from '../../src/storage/schema/schema.ts';
import { createCommits } from '../../src/storage/sqlite/sqlite-commits.ts';
import { openWriter } from '../../src/storage/sqlite/sqlite-connection.ts';
import { sqliteDialect } from '../../src/storage/sqlite/sqlite-dialect.ts';
import { createTurns } from '../../src/storage/sqlite/sqlite-turns.ts';
import { createWriterDriver } from '../../src/storage/sqlite/sqlite-writer.ts';
import { testHeadKeys } from '../support/audit.ts';
import { createTestPlace, engines } from '../support/databases.ts';
import { openTestPool } from '../support/postgres-databases.ts';

/** A connection that migrations are run on by hand. */
function connect(url: string) {
  if (url.startsWith('sqlite:')) {
    const connection = openWriter(url.slice('sqlite:'.length));
    const sync = { committed: () => undefined, fail: () => undefined };
    const commits = createCommits({ connection, sync, areShared: false, onCommit: () => undefined });
    const options = { commits, turns: createTurns(), timeMsMax: 60_000 };
    const db = new Kysely<Schema>({ dialect: sqliteDialect(() => createWriterDriver(options)) });
    return { db, close: async () => connection.close() };
  }
  const pool = openTestPool(url);
  return { db: new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) }), close: () => pool.end() };
}

it.each(engines)(
  'chains the entries that were written before trails were chained (%s)',
  async (engine) => {
    const place = await createTestPlace(engine);
    const old = connect(place.url);
    const { '0001-first-schema': first } = migrationsFor(engine);
    if (first === undefined) throw new Error('the first migration is gone');
    await migrate(old.db, { engine, migrations: { '0001-first-schema': first }, logger: silentLogger });
    const organizations = [randomUUID(), randomUUID(), null];
    for (let sequence = 2400; sequence > 0; sequence -= 1) {
      await sql`insert into audit_events values (${randomUUID()}, ${organizations[sequence % 3]},
      ${sequence}, ${1_900_000_000_000 + sequence}, 'server', '{}', 'group-create', '{"name":"Zoë"}', '::1', 'a "quote"')
    `.execute(old.db);
    }
    await old.close();

    const database = await openDatabase({ url: place.url, logger: silentLogger });
    const keys = testHeadKeys();
    const reports: TrailReport[] = [];
    for await (const report of verifyAudit({ db: database.db, keys })) reports.push(report);
    // No migration has the key, and nothing seals a head later.
    const fault = { sequence: 800, reason: 'head_altered' };
    const whole = { entries: 800, prunedThrough: 0, adoptedThrough: 0, fault };
    const expected = organizations.map((id) => ({ organizationId: id ?? undefined, ...whole }));
    expect(reports).toHaveLength(3);
    expect(reports).toEqual(expect.arrayContaining(expected));
    const ordered = await database.db
      .selectFrom('audit_events')
      .select('created_at')
      .orderBy('organization_id')
      .orderBy('sequence')
      .execute();
    const steps = ordered.map((row, index) => row.created_at - (ordered[index - 1]?.created_at ?? 0));
    expect(steps.filter((step) => step === 3)).toHaveLength(3 * 799);
    await database.close();
    await place.remove();
  },
  60_000,
);
