import type { Selectable } from 'kysely';

import type { OidcConfigRow } from '../connections/queries.ts';
import type { Db, Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema/schema.ts';
import { type Param, type Params, statement } from '../storage/statement.ts';

export type AttemptRow = Selectable<Schema['login_attempts']>;
type AttemptEnd = Pick<AttemptRow, 'outcome' | 'code' | 'user_id' | 'details' | 'finished_at'>;

/**
 * Consumes an attempt: true for the first caller only, on any node. It is recorded for its organization if that has an
 * active connection.
 */
export async function claimAttempt(tx: Tx, row: AttemptRow): Promise<boolean> {
  return (await claim.run(tx, row)) === 1;
}

const claim = statement((tx: Tx, row: Params<AttemptRow>) =>
  tx
    .insertInto('login_attempts')
    .values({ ...row, organization_id: activeConfigOf(tx, row.organization_id).select('organization_id') })
    .onConflict((on) => on.doNothing()),
);

/** Records an attempt that ended before it reached the identity provider. */
export async function insertAttempt(tx: Tx, row: AttemptRow): Promise<void> {
  await tx.insertInto('login_attempts').values(row).execute();
}

export async function finishAttempt(tx: Tx, id: string, end: AttemptEnd): Promise<void> {
  await finish.send(tx, { id, ...end });
}

/** Ends an attempt; false if it has ended already. */
export async function refuseAttempt(tx: Tx, id: string, end: AttemptEnd): Promise<boolean> {
  return (await refuse.run(tx, { id, ...end })) === 1;
}

const refuse = statement((tx: Tx, { id, ...end }: Params<AttemptEnd & { id: string }>) =>
  tx.updateTable('login_attempts').set(end).where('id', '=', id).where('outcome', '=', 'started'),
);

const finish = statement((tx: Tx, { id, ...end }: Params<AttemptEnd & { id: string }>) =>
  tx.updateTable('login_attempts').set(end).where('id', '=', id),
);

export async function findAttempt(db: Db, id: string): Promise<AttemptRow | undefined> {
  return db.selectFrom('login_attempts').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The active connection of an organization. */
export async function findActiveConfig(
  db: Db | Tx,
  by: { slug: string } | { id: string },
): Promise<OidcConfigRow | undefined> {
  return 'slug' in by ? activeConfigBySlug.first(db, by) : activeConfigById.first(db, by);
}

const activeConfigBySlug = statement((db: Db | Tx, { slug }: Params<{ slug: string }>) =>
  withActiveConfig(db).selectAll('connections').where('organizations.slug', '=', slug),
);
const activeConfigById = statement((db: Db | Tx, { id }: Params<{ id: string }>) => activeConfigOf(db, id).selectAll());

function activeConfigOf(db: Db | Tx, organizationId: Param<string | null> | Param<string>) {
  return db.selectFrom('connections').where('organization_id', '=', organizationId).where('is_active', '=', 1);
}

function withActiveConfig(db: Db | Tx) {
  return db
    .selectFrom('organizations')
    .innerJoin('connections', 'connections.organization_id', 'organizations.id')
    .where('connections.is_active', '=', 1);
}

/**
 * The settings of an organization and its active connection that decide about a verified identity, read in one query.
 */
export async function findSignInSettings(tx: Tx, organizationId: string) {
  return signInSettings.first(tx, { organizationId });
}

const signInSettings = statement((tx: Tx, { organizationId }: Params<{ organizationId: string }>) =>
  withActiveConfig(tx)
    .select(['connections.id', 'connections.revision', 'connections.last_sign_in_at'])
    .select(['connections.allowed_email_domains', 'connections.manage_group_memberships'])
    .select(['connections.group_name_matching', 'organizations.default_membership_role'])
    .select(['organizations.user_token_expiration', 'organizations.provisioning_policy'])
    .where('organizations.id', '=', organizationId),
);

/** Deletes sessions that expired before a time. */
export async function deleteSessionsBefore(tx: Tx, beforeMs: number, limit: number): Promise<number> {
  const some = tx.selectFrom('sessions').select('id').where('expires_at', '<', beforeMs).limit(limit);
  const { numDeletedRows } = await tx.deleteFrom('sessions').where('id', 'in', some).executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

/** Deletes counts of password attempts whose window ended long ago. */
export async function deleteAttemptCountsBefore(tx: Tx, beforeMs: number, limit: number): Promise<number> {
  const some = tx.selectFrom('password_attempt_counts').select('key').where('started_at', '<', beforeMs).limit(limit);
  const { numDeletedRows } = await tx
    .deleteFrom('password_attempt_counts')
    .where('key', 'in', some)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
