import type { SessionEndReason } from '../contract/audit-reasons.ts';
import type { ExpressionBuilder, Insertable, Selectable } from 'kysely';

import type { OrganizationId, UserId } from '../contract/ids.ts';
import type { Db, Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema/schema.ts';
import { type Params, statement } from '../storage/statement.ts';
import { isLiveAt } from './live-session-queries.ts';

export type SessionRow = Selectable<Schema['sessions']>;

export async function insertSession(tx: Tx, row: Insertable<Schema['sessions']>): Promise<void> {
  await addSession.send(tx, row);
}

const addSession = statement((tx: Tx, row: Params<Insertable<Schema['sessions']>>) =>
  tx.insertInto('sessions').values(row),
);

export async function findSession(db: Db | Tx, id: string): Promise<SessionRow | undefined> {
  return sessionById.first(db, { id });
}

const sessionById = statement((db: Db | Tx, { id }: Params<{ id: string }>) =>
  db.selectFrom('sessions').selectAll().where('id', '=', id),
);

/** The live session of a browser, by the hash of its cookie for applications. */
export async function findSessionOfBrowser(
  db: Db | Tx,
  which: { browserHash: string; nowMs: number },
): Promise<SessionRow | undefined> {
  return sessionOfBrowser.first(db, which);
}

const sessionOfBrowser = statement(
  (db: Db | Tx, { browserHash, nowMs }: Params<{ browserHash: string; nowMs: number }>) =>
    db.selectFrom('sessions').selectAll().where('browser_hash', '=', browserHash).where(isLiveAt(nowMs)),
);

/** Reads and locks the session from which another credential is derived: it cannot end until the transaction ends. */
export async function lockSession(tx: Tx, id: string): Promise<SessionRow | undefined> {
  return lockedSession.first(tx, { id });
}

const lockedSession = statement((tx: Tx, { id }: Params<{ id: string }>) =>
  tx.selectFrom('sessions').selectAll().where('id', '=', id).forShare(),
);

/** A live session with what the bearer check needs to know of its user. */
export async function findLiveSession(db: Db | Tx, which: { sessionId: string; userId: string; nowMs: number }) {
  return liveSession.first(db, which);
}

const liveSession = statement(
  (db: Db | Tx, { sessionId, userId, nowMs }: Params<{ sessionId: string; userId: string; nowMs: number }>) =>
    db
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .leftJoin('organizations', 'organizations.id', 'sessions.organization_id')
      .select(['sessions.organization_id', 'sessions.auth_method', 'users.email', 'users.is_instance_admin'])
      .select(['sessions.authenticated_at', 'organizations.user_token_expiration'])
      .where('sessions.id', '=', sessionId)
      .where('sessions.user_id', '=', userId)
      .where(isLiveAt(nowMs)),
);

/** Replaces the current refresh secret; false if another request has replaced it or ended the session. */
export async function rotateRefreshHash(tx: Tx, rotation: Rotation): Promise<boolean> {
  return (await rotate.run(tx, rotation)) === 1;
}

interface Rotation {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** The recently spent tokens, including `from`: see spent-tokens.ts. */
  readonly spentTokens: string;
  readonly nowMs: number;
}

const rotate = statement((tx: Tx, { id, from, to, spentTokens, nowMs }: Params<Rotation>) =>
  tx
    .updateTable('sessions')
    .set((row) => ({ refresh_hash: to, refresh_count: row('refresh_count', '+', 1), last_used_at: nowMs }))
    .set({ spent_refresh_tokens: spentTokens })
    .where('id', '=', id)
    .where('refresh_hash', '=', from)
    .where('ended_at', 'is', null),
);

/** Changes the expiry of a live session; false if it has ended or expired. */
export async function extendSession(
  tx: Tx,
  { id, expiresAtMs, nowMs }: { id: string; expiresAtMs: number; nowMs: number },
): Promise<boolean> {
  const result = await tx
    .updateTable('sessions')
    .set({ expires_at: expiresAtMs })
    .where('id', '=', id)
    .where(isLiveAt(nowMs))
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/**
 * Selects sessions. Each kind names exactly the columns that select: an object that happens to have more fields selects
 * nothing less. Each selection uses an index, so that sessions of other organizations are not read.
 */
export type SessionsToEnd =
  /** One session, only if it belongs to that user and organization, if they are named. */
  | {
      readonly kind: 'one';
      readonly id: string;
      readonly userId?: UserId | undefined;
      readonly organizationId?: OrganizationId | undefined;
    }
  /** Those of a user: of one organization, or of all. */
  | { readonly kind: 'user'; readonly userId: UserId; readonly organizationId: OrganizationId | 'all' }
  | { readonly kind: 'organization'; readonly organizationId: OrganizationId }
  | { readonly kind: 'connection'; readonly connectionId: string; readonly organizationId: OrganizationId };

/**
 * Ends the selected live sessions and returns them.
 *
 * A session that is being derived from one of them has that row locked (shared), so the update waits for it, and then
 * does not see the new one. The update is therefore repeated until it finds no more. Rows are locked in the order of
 * their ids, so that two of these updates cannot deadlock.
 */
export async function endSessions(
  tx: Tx,
  which: SessionsToEnd,
  ending: { nowMs: number; reason: SessionEndReason },
): Promise<EndedSession[]> {
  const ended: EndedSession[] = [];
  for (;;) {
    const found = await endVisibleSessions(tx, which, ending);
    ended.push(...found);
    if (found.length === 0 || which.kind === 'one') return ended;
  }
}

export type EndedSession = Pick<SessionRow, 'id' | 'user_id' | 'organization_id'>;

async function endVisibleSessions(
  tx: Tx,
  which: SessionsToEnd,
  { nowMs, reason }: { nowMs: number; reason: SessionEndReason },
): Promise<EndedSession[]> {
  const live = tx.selectFrom('sessions').select('id').where('ended_at', 'is', null).where(isSelected(which));
  return tx
    .updateTable('sessions')
    .set({ ended_at: nowMs, end_reason: reason })
    .where('id', 'in', live.orderBy('id').forUpdate())
    .where('ended_at', 'is', null)
    .returning(['id', 'user_id', 'organization_id'])
    .execute();
}

function isSelected(which: SessionsToEnd) {
  return ({ eb, and }: ExpressionBuilder<Schema, 'sessions'>) => {
    switch (which.kind) {
      case 'one':
        return and([
          eb('id', '=', which.id),
          ...(which.userId === undefined ? [] : [eb('user_id', '=', which.userId)]),
          ...(which.organizationId === undefined ? [] : [eb('organization_id', '=', which.organizationId)]),
        ]);
      case 'user':
        return and([
          eb('user_id', '=', which.userId),
          ...(which.organizationId === 'all' ? [] : [eb('organization_id', '=', which.organizationId)]),
        ]);
      case 'organization':
        return eb('organization_id', '=', which.organizationId);
      case 'connection':
        return and([eb('connection_id', '=', which.connectionId), eb('organization_id', '=', which.organizationId)]);
      default:
        return which satisfies never;
    }
  };
}

/** Shortens the live sessions of an organization to a lifetime, counted from their sign-ins. */
export async function shortenSessions(tx: Tx, organizationId: OrganizationId, lifetimeMs: number): Promise<void> {
  await tx
    .updateTable('sessions')
    .set((row) => ({ expires_at: row('authenticated_at', '+', lifetimeMs) }))
    .where('organization_id', '=', organizationId)
    .where('ended_at', 'is', null)
    .where((row) => row('expires_at', '>', row('authenticated_at', '+', lifetimeMs)))
    .execute();
}

export async function listLiveSessions(
  db: Db,
  which: LiveSessionsOfUser,
  { offset, limit }: { offset: number; limit: number },
): Promise<SessionRow[]> {
  return liveSessionsOf(db, which)
    .selectAll()
    .orderBy('last_used_at', 'desc')
    .orderBy('id')
    .offset(offset)
    .limit(limit)
    .execute();
}

export async function countLiveSessions(db: Db, which: LiveSessionsOfUser): Promise<number> {
  const { count } = await liveSessionsOf(db, which)
    .select((row) => row.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

interface LiveSessionsOfUser {
  readonly userId: UserId;
  readonly organizationId?: OrganizationId;
  readonly nowMs: number;
}

function liveSessionsOf(db: Db, { userId, organizationId, nowMs }: LiveSessionsOfUser) {
  const query = db.selectFrom('sessions').where('user_id', '=', userId).where(isLiveAt(nowMs));
  return organizationId === undefined ? query : query.where('organization_id', '=', organizationId);
}
