import { createHash } from 'node:crypto';

import { PostgresAdapter, sql } from 'kysely';

import type { Tx } from './database.ts';
import { type Params, statement } from './statement.ts';

type Strength = 'shared' | 'alone';

/**
 * A transaction that holds a shared lock requested it exclusively. It would wait forever for another that does the
 * same, so
 * it is rolled back. The caller may run it again and take the exclusive lock from the start.
 */
export class SharedLockHeldError extends Error {
  override readonly name = 'SharedLockHeldError';
}

/** The locks of each running transaction. */
const heldLocks = new WeakMap<Tx, Map<string, Strength>>();

/**
 * Takes a shared named lock until the transaction ends. Meanwhile no transaction can hold it exclusively.
 *
 * The locks are PostgreSQL's advisory locks (PostgreSQL manual, section 13.3.5). They are granted in the order of the
 * requests, so a steady stream of shared holders cannot starve an exclusive request, as it could with row locks. SQLite
 * runs
 * one write transaction at a time, so it needs no locks.
 *
 * The statement is sent with the next one of the transaction and costs no round trip of its own.
 */
export async function lockShared(tx: Tx, name: string): Promise<void> {
  if (heldBy(tx).has(name)) return;
  heldBy(tx).set(name, 'shared');
  if (isPostgres(tx)) await sharedLock.send(tx, { key: keyOf(name) });
}

/**
 * Takes an exclusive named lock until the transaction ends. Several locks are taken in the order of {@link
 * inLockOrder}.
 *
 * @throws {SharedLockHeldError} if the transaction holds the lock shared.
 */
export async function lockAlone(tx: Tx, name: string): Promise<void> {
  if (heldBy(tx).get(name) === 'shared') {
    throw new SharedLockHeldError('take the exclusive lock from the start');
  }
  if (holdsAlone(tx, name)) return;
  heldBy(tx).set(name, 'alone');
  if (isPostgres(tx)) await exclusiveLock.send(tx, { key: keyOf(name) });
}

/** Whether a transaction holds a named lock exclusively. */
export function holdsAlone(tx: Tx, name: string): boolean {
  return heldBy(tx).get(name) === 'alone';
}

/** The order in which every transaction takes several named locks. */
export function inLockOrder<Name extends string>(names: readonly Name[]): Name[] {
  return [...new Set(names)].toSorted();
}

const sharedLock = statement((tx: Tx, { key }: Params<{ key: bigint }>) =>
  tx.selectNoFrom(sql`pg_advisory_xact_lock_shared(${key})`.as('locked')),
);
const exclusiveLock = statement((tx: Tx, { key }: Params<{ key: bigint }>) =>
  tx.selectNoFrom(sql`pg_advisory_xact_lock(${key})`.as('locked')),
);

function heldBy(tx: Tx): Map<string, Strength> {
  const held = heldLocks.get(tx) ?? new Map<string, Strength>();
  heldLocks.set(tx, held);
  return held;
}

function isPostgres(tx: Tx): boolean {
  return tx.getExecutor().adapter instanceof PostgresAdapter;
}

/** 64 bits of a hash of the name: two names with the same bits only wait for each other. */
function keyOf(name: string): bigint {
  return createHash('sha256').update(name).digest().readBigInt64BE();
}
