import { randomBytes, randomUUID } from 'node:crypto';

import { sql } from 'kysely';

import type { AppendAudit, AuditEntry } from '../../src/audit/append.ts';
import type { AuditedDatabase } from '../../src/audit/audited-database.ts';
import { createAuditTrail } from '../../src/audit/audit-trail.ts';
import { createHeadKeys, type HeadKeys } from '../../src/audit/head-keys.ts';
import { emptyHead, sealHead } from '../../src/audit/chain.ts';
import { insertHead } from '../../src/audit/queries.ts';
import { serverTrail } from '../../src/audit/trail-name.ts';
import { type TrailReport, verifyAudit } from '../../src/audit/verify-audit.ts';
import { asId, type OrganizationId } from '../../src/contract/ids.ts';
import { silentLogger } from '../../src/kernel/logger.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import { systemRandom } from '../../src/kernel/random.ts';
import type { Database, Engine, Tx } from '../../src/storage/database.ts';
import { createTestDatabase } from './databases.ts';
import { createStillClock } from './still-clock.ts';

/** Keys that seal the heads of audit trails, for a test without a keyring. */
export function testHeadKeys(): HeadKeys {
  return createHeadKeys(randomBytes(32));
}

/** A database whose audit trail a test can append to outside its server. The server did not create the seals. */
export function auditedDatabase(database: Database, clock: Clock): { database: AuditedDatabase; audit: AppendAudit } {
  const deps = { database, keys: testHeadKeys(), clock, random: systemRandom, logger: silentLogger };
  const trail = createAuditTrail(deps);
  return { database: trail.database, audit: trail.append };
}

/** A trail in a database of its own, with functions to append to it and to tamper with it. */
export async function createTrailTest(engine: Engine) {
  const { database: bare, destroy } = await createTestDatabase(engine);
  const clock = createStillClock();
  const keys = testHeadKeys();
  const deps = { database: bare, keys, clock, random: systemRandom, logger: silentLogger };
  const { database, append } = createAuditTrail(deps);
  await bare.transaction((tx) => insertHead(tx, sealHead(keys, emptyHead(serverTrail))));
  const newTrail = () => asId<OrganizationId>(randomUUID());

  /** Appends one entry for each name, in one transaction. */
  async function add(organizationId: OrganizationId | undefined, ...names: readonly string[]): Promise<void> {
    await database.transaction(async (tx) => {
      for (const name of names) await append(tx, entryNamed(organizationId, name));
    });
  }

  const rowsOf = async (trail: string) =>
    bare.db.selectFrom('audit_events').selectAll().where('organization_id', '=', trail).orderBy('sequence').execute();

  /** Runs statements as an attacker with access to the database: without the triggers. */
  async function tamper(fn: (tx: Tx) => Promise<unknown>): Promise<void> {
    await bare.transaction(async (tx) => {
      if (engine === 'postgres') await sql`set local session_replication_role = replica`.execute(tx);
      const triggers = engine === 'postgres' ? [] : await sqliteTriggers(tx);
      for (const { name } of triggers) await sql`drop trigger ${sql.ref(name)}`.execute(tx);
      await fn(tx);
      for (const trigger of triggers) await sql.raw(trigger.sql).execute(tx);
    });
  }

  async function verify(trail?: string): Promise<TrailReport[]> {
    const reports: TrailReport[] = [];
    for await (const report of verifyAudit({ db: bare.db, keys }, trail)) reports.push(report);
    return reports;
  }

  const faultOf = async (trail: string) => (await verify(trail))[0]?.fault;
  return { bare, database, append, clock, keys, newTrail, add, rowsOf, tamper, verify, faultOf, destroy };
}

/** An entry that creates a group of some name. */
export function entryNamed(organizationId: OrganizationId | undefined, name: string): AuditEntry {
  return {
    organizationId,
    actor: { type: 'server', metadata: {} },
    event: { type: 'group-create', metadata: { groupId: randomUUID(), name, role: 'member' } },
    clientInfo: { ipAddress: '192.0.2.7', userAgent: `agent "of" ${name}` },
  };
}

/** An entry with more facts than an entry may have. */
export function largestEntry(organizationId: OrganizationId | undefined): AuditEntry {
  const userGroupsClaim = Array.from({ length: 990 }, (_, index) => `a group of the provider ${index}`);
  const assignedToGroups = userGroupsClaim.map((name) => ({ id: name, name }));
  const metadata = {
    userId: 'u',
    userEmail: 'u@acme.example',
    assignedToGroups,
    userGroupsClaim,
    groupsClaim: 'present',
  };
  return {
    organizationId,
    actor: { type: 'server', metadata: {} },
    event: { type: 'oidc-group-membership-mapping-assign-user', metadata },
    clientInfo: { ipAddress: '192.0.2.1', userAgent: 'x'.repeat(100_000) },
  };
}

async function sqliteTriggers(tx: Tx): Promise<{ name: string; sql: string }[]> {
  const found = await sql<{ name: string; sql: string }>`
    select name, sql from sqlite_schema where type = 'trigger' and name like 'audit_%'
  `.execute(tx);
  return found.rows;
}
