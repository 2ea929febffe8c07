import { auditActorFactsBytesMax, auditEventFactsBytesMax, userAgentLengthMax } from '../contract/limits.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Random } from '../kernel/random.ts';
import type { Database, Tx } from '../storage/database.ts';
import type { AppendAudit, AuditEntry } from './append.ts';
import { addEntry, type AuditedDatabase, createAuditedDatabase } from './audited-database.ts';
import { boundFacts, wholeCharacters } from './bound-facts.ts';
import { ignoredFieldsFact } from './ignored-fields.ts';
import { type AuditHead, chain, emptyHead, headText, sealHead, type UnchainedRow } from './chain.ts';
import type { AuditEvent } from './events.ts';
import type { HeadKeys } from './head-keys.ts';
import { requireChecked } from './checked-callers.ts';
import { hasOrganization, insertAuditEvents, insertHead, lockHead, updateHead } from './queries.ts';
import { serverTrail, trailOf } from './trail-name.ts';

export interface AuditTrailDeps {
  readonly database: Database;
  readonly keys: HeadKeys;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** The audit trail: what appends to it, and the database whose transactions carry the entries. */
export interface AuditTrail {
  readonly database: AuditedDatabase;
  readonly append: AppendAudit;
}

/**
 * Creates the writer of the audit trail.
 *
 * The entries of a transaction are its last statements. On PostgreSQL the head of a trail is locked until the commit, so
 * the commits of an organization wait for each other only that long. A deadlock is impossible: nothing is locked after a
 * head, and several heads are locked in the order of their names.
 */
export function createAuditTrail(deps: AuditTrailDeps): AuditTrail {
  const database = createAuditedDatabase(deps.database, async (tx, trail, entries) =>
    appendToTrail(deps, tx, { trail, entries }),
  );
  const append: AppendAudit = async (tx, entry) => {
    requireChecked(tx, entry.actor);
    addEntry(tx, trailOf(entry.organizationId), toRow(deps, entry));
  };
  return { database, append };
}

async function appendToTrail(
  { database, keys, logger }: AuditTrailDeps,
  tx: Tx,
  { trail, entries }: { trail: string; entries: readonly UnchainedRow[] },
): Promise<void> {
  const head =
    (await lockHead(tx, trail, database.engine)) ??
    (await beginTrail({ database, keys, logger }, tx, { trail, entries }));
  const rows = chain(head, entries);
  await insertAuditEvents(tx, rows);
  const last = rows.at(-1);
  const next = { ...head, sequence: last?.sequence ?? head.sequence, hash: last?.hash ?? head.hash };
  await updateHead(tx, keepSeal(keys, { head, next, logger }));
}

/**
 * Seals the next head of a trail if the current head is authentic. An altered head is never sealed again, or the next
 * entry would make the forgery valid. Appending continues anyway, because a broken trail must not stop sign-ins.
 */
function keepSeal(
  keys: HeadKeys,
  { head, next, logger }: { head: AuditHead; next: AuditHead; logger: Logger },
): AuditHead {
  if (keys.isAuthentic(head.seal, headText(head))) return sealHead(keys, next);
  const { organization_id: trail, sequence } = head;
  logger.error({ trail, sequence }, 'the head of this audit trail was altered outside the server');
  return { ...next, seal: head.seal };
}

/** The events that start an organization's trail. */
const firstEvents: readonly string[] = ['organization-create', 'server-bootstrap'] satisfies AuditEvent['type'][];

/**
 * Starts the trail of a new organization. If the organization is not new, its trail was removed: then the new head
 * stays
 * unsealed, so that the verification reports it.
 */
async function beginTrail(
  { database, keys, logger }: Pick<AuditTrailDeps, 'database' | 'keys' | 'logger'>,
  tx: Tx,
  { trail, entries }: { trail: string; entries: readonly UnchainedRow[] },
): Promise<AuditHead> {
  const isRemoved =
    trail === serverTrail ||
    (!entries.some(({ event_type: type }) => firstEvents.includes(type)) && (await hasOrganization(tx, trail)));
  if (isRemoved) logger.error({ trail }, 'this audit trail was removed outside the server');
  await insertHead(tx, isRemoved ? emptyHead(trail) : sealHead(keys, emptyHead(trail)));
  const head = await lockHead(tx, trail, database.engine);
  if (head === undefined) throw new TypeError('the head of a new trail is missing');
  return head;
}

// Every text of an entry is written here, so this is where its length is limited.
function toRow({ clock, random }: AuditTrailDeps, { actor, event, clientInfo }: AuditEntry): UnchainedRow {
  return {
    id: random.uuid(),
    created_at: clock.nowMs(),
    actor_type: actor.type,
    actor_metadata: boundFacts(actor.metadata, auditActorFactsBytesMax),
    event_type: event.type,
    event_metadata: boundFacts({ ...event.metadata, ...ignoredFieldsFact(clientInfo) }, auditEventFactsBytesMax),
    ip_address: clientInfo.ipAddress,
    user_agent: wholeCharacters(clientInfo.userAgent, userAgentLengthMax),
  };
}
