import { isKnownError } from '../../contract/errors.ts';
import { storageUnavailable } from '../unavailable.ts';

/** SQLSTATE classes and codes (PostgreSQL manual, appendix A) that say: not now. */
const unavailableClasses: ReadonlySet<string> = new Set([
  '08', // connection exception
  '53', // insufficient resources: disk full, out of memory, too many connections
  '58', // system error: I/O
  'XX', // internal error: corrupted data
]);
const unavailableCodes: ReadonlySet<string> = new Set([
  '25006', // read-only transaction: a standby, or a server set to read-only
  '25P03', // idle in transaction for too long
  '55P03', // lock not available, after trying for as long as is allowed
  '57014', // statement timeout
  '57P01', // the server stops
  '57P02', // the server crashed
  '57P03', // the server starts
  '57P05', // idle for too long
]);

const retryable: ReadonlySet<string> = new Set([
  '40001', // serialization failure
  '40P01', // deadlock
  '0A000', // a prepared statement whose result changed its shape: another node migrated the database
]);

const stalePlan = '0A000';

/** A lock could not be had in the time of `lock_timeout`. */
export const lockNotAvailable = '55P03';

/** The SQLSTATE of an error that the server sent; `undefined` for any other error. */
export function sqlState(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'severity' in thrown && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : undefined;
}

/** Whether a transaction that failed so may simply be run again. */
export function isPostgresRetryable(thrown: unknown): boolean {
  const state = sqlState(thrown);
  return state !== undefined && retryable.has(state);
}

/** Whether a statement failed only because it had been prepared before the schema changed. */
export function isStalePlan(thrown: unknown): boolean {
  return sqlState(thrown) === stalePlan;
}

/**
 * Whether an error leaves its connection unusable. What the server says leaves it usable unless it says that it hangs
 * up; what `pg` throws besides is about the connection, apart from values of the wrong type.
 */
export function isConnectionLost(thrown: unknown): boolean {
  const state = sqlState(thrown);
  if (state !== undefined) return state.startsWith('08') || state.startsWith('57P') || state === '25P03';
  return !(thrown instanceof TypeError || thrown instanceof RangeError);
}

/** `storage_unavailable` for what is the server's or the network's fault; anything else as it is. */
export function fromPostgresError(thrown: unknown): unknown {
  const state = sqlState(thrown);
  if (state === undefined) return isConnectionLost(thrown) ? storageUnavailable(thrown) : thrown;
  return unavailableClasses.has(state.slice(0, 2)) || unavailableCodes.has(state) ? storageUnavailable(thrown) : thrown;
}

/** Whether an error says that the server's disk takes no writes: it is full, or fails. Reads may go on. */
export function isDiskFailure(thrown: unknown): boolean {
  const state = isKnownError(thrown) ? sqlState(thrown.cause) : undefined;
  return state !== undefined && (state === '53100' || state.startsWith('58'));
}
