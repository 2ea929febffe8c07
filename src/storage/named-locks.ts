import { createHash } from 'node:crypto';

import { PostgresAdapter, sql } from 'kysely';

import type { Tx } from './database.ts';
import { type Params, statement } from './statement.ts';

type Strength = 'shared' | 'alone';

/**
 * A transaction that holds a lock shared asked for it alone. It would wait for ever for another that does the same, so it
 * is rolled back instead; whoever runs it may run it again with the lock alone from the start.
 */
export class SharedLockHeldError extends Error {
  override readonly name = 'SharedLockHeldError';
}

/** The locks that each running transaction holds. */
const heldLocks = new WeakMap<Tx, Map<string, Strength>>();

/**
 * Takes a named lock together with others until the transaction ends: while it is held, nobody holds it alone.
 *
 * The locks are PostgreSQL's advisory locks (PostgreSQL manual, section 13.3.5). They are granted in the order in which
 * they were asked for, so a steady stream of shared holders cannot keep out a caller who wants the lock alone, as row
 * locks would. SQLite runs one write transaction at a time, so there is nothing to lock.
 *
 * The statement waits for the next one of the transaction and costs no round trip of its own.
 */
export async function lockShared(tx: Tx, name: string): Promise<void> {
  if (heldBy(tx).has(name)) return;
  heldBy(tx).set(name, 'shared');
  if (isPostgres(tx)) await sharedLock.send(tx, { key: keyOf(name) });
}

/**
 * Takes a named lock alone until the transaction ends. Several locks are taken in the order of {@link inLockOrder}.
 *
 * @throws {SharedLockHeldError} when the transaction holds the lock shared.
 */
export async function lockAlone(tx: Tx, name: string): Promise<void> {
  if (heldBy(tx).get(name) === 'shared') {
    throw new SharedLockHeldError('take the lock alone from the start');
  }
  if (holdsAlone(tx, name)) return;
  heldBy(tx).set(name, 'alone');
  if (isPostgres(tx)) await exclusiveLock.send(tx, { key: keyOf(name) });
}

/** Whether a transaction holds a named lock alone. */
export function holdsAlone(tx: Tx, name: string): boolean {
  return heldBy(tx).get(name) === 'alone';
}

/** The one order in which a transaction takes several named locks. */
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

/** 64 bits of a name's hash: two names that share them only wait for each other. */
function keyOf(name: string): bigint {
  return createHash('sha256').update(name).digest().readBigInt64BE();
}
