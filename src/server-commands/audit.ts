import { findHeadKeys } from '../audit/head-keys.ts';
import { openAuditTrail } from '../audit/open-audit-trail.ts';
import { pruneAudit, type PruneReport } from '../audit/prune-audit.ts';
import { type AuditFaultReason, type TrailReport, verifyAudit } from '../audit/verify-audit.ts';
import type { Config } from '../config/load-config.ts';
import { systemClock } from '../kernel/clock.ts';
import { silentLogger } from '../kernel/logger.ts';
import { systemRandom } from '../kernel/random.ts';
import { openKeyring } from '../storage/keys/keyring.ts';
import { openDatabase } from '../storage/open-database.ts';
import { openForReading } from '../storage/open-for-reading.ts';
import { checkMigrations } from './migrate-database.ts';
import { OperatorFault } from './operator-fault.ts';
import { requireRootKeys } from './require-root-keys.ts';

const system = { clock: systemClock, random: systemRandom };

/**
 * Verifies one trail or all, while the server may be running, and changes nothing.
 *
 * @throws {OperatorFault} naming each trail that is not as the server wrote it, and the first bad place in it.
 */
export async function verifyTrails(config: Config, organizationId: string | undefined): Promise<string> {
  await checkMigrations(config);
  const rootKeys = requireRootKeys(config);
  const database = await openForReading(config.databaseUrl.expose());
  try {
    const keyring = await openKeyring({ database, ...rootKeys, ...system });
    const keys = await findHeadKeys({ database, keyring, random: systemRandom });
    const reports: TrailReport[] = [];
    for await (const report of verifyAudit({ db: database.db, keys }, organizationId)) reports.push(report);
    const faults = reports.flatMap((report) =>
      report.fault === undefined ? [] : [describeFault(report, report.fault)],
    );
    if (faults.length > 0) throw new OperatorFault(faults.join('\n'));
    return [...reports.map(describeTrail), summaryOf(reports)].join('\n');
  } finally {
    await database.close();
  }
}

function describeTrail({ organizationId, entries, prunedThrough }: TrailReport): string {
  const pruned = prunedThrough > 0 ? `; entries up to ${prunedThrough} were pruned` : '';
  return `${nameOf(organizationId)}: ${entries} entries${pruned}`;
}

function summaryOf(reports: readonly TrailReport[]): string {
  const entries = reports.reduce((sum, report) => sum + report.entries, 0);
  return `${reports.length} ${reports.length === 1 ? 'trail' : 'trails'} with ${entries} entries: nothing was altered or removed.`;
}

const faultWords: Readonly<Record<AuditFaultReason, string>> = {
  altered: 'the entry, or the one before it, is not what was written',
  missing: 'the entry is gone',
  reordered: 'another entry is in its place',
  tail_cut: 'the last entries, from this one on, are gone',
  added: 'the entry was added behind the end',
  head_altered: 'what says where the trail ends is not what the server wrote',
  head_missing: 'there is nothing that says where the trail ends: no such trail, or it was removed',
};

function describeFault({ organizationId }: TrailReport, fault: NonNullable<TrailReport['fault']>): string {
  return `${nameOf(organizationId)}, entry ${fault.sequence}: ${faultWords[fault.reason]} (${fault.reason}).`;
}

function nameOf(organizationId: string | undefined): string {
  return organizationId === undefined ? 'server' : `organization ${organizationId}`;
}

/**
 * Removes the entries that are older than the beginning of a day in UTC, from one trail or from all. On SQLite it needs
 * the database to itself.
 *
 * @throws {OperatorFault} if the day is invalid, or the head of a trail was altered; such a trail is not changed.
 */
export async function pruneTrails(
  config: Config,
  { before, organizationId }: { before: string | undefined; organizationId: string | undefined },
): Promise<string> {
  const beforeMs = parseDay(before);
  await checkMigrations(config);
  const rootKeys = requireRootKeys(config);
  const inner = await openDatabase({
    url: config.databaseUrl.expose(),
    logger: silentLogger,
    poolSize: 2,
    creation: 'never',
  });
  try {
    const keyring = await openKeyring({ database: inner, ...rootKeys, ...system });
    const { database, append, keys } = await openAuditTrail({
      database: inner,
      keyring,
      ...system,
      logger: silentLogger,
    });
    const range = { beforeMs, ...(organizationId === undefined ? {} : { organizationId }) };
    const reports: PruneReport[] = [];
    for await (const report of pruneAudit({ database, append, keys }, range)) reports.push(report);
    const altered = reports.filter(({ outcome }) => outcome === 'head_altered');
    const removed = reports.reduce((sum, report) => sum + report.removed, 0);
    const done = `${removed} entries older than ${before} are removed.`;
    if (altered.length === 0) return done;
    const names = altered.map((report) => nameOf(report.organizationId)).join(', ');
    throw new OperatorFault(`${done} Left alone, since their end is not what the server wrote: ${names}.`);
  } finally {
    await inner.close();
  }
}

function parseDay(day: string | undefined): number {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(day ?? '') ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  // `2026-02-31` is read as a day of March.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== day) {
    throw new OperatorFault('--before takes a day, such as 2026-01-31.');
  }
  return ms;
}
