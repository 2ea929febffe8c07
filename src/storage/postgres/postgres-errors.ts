import { isKnownError } from '../../contract/errors.ts';
import { storageUnavailable } from '../unavailable.ts';

/** SQLSTATE classes and codes (PostgreSQL manual, appendix A) of a database that is unavailable for now. */
const unavailableClasses: ReadonlySet<string> = new Set([
  '08', // connection exception
  '53', // insufficient resources: disk full, out of memory, too many connections
  '58', // system error: I/O
  'XX', // internal error: corrupted data
]);
const unavailableCodes: ReadonlySet<string> = new Set([
  '25006', // read-only transaction: a standby, or a server set to read-only
  '25P03', // idle in transaction for too long
  '55P03', // lock not available, after all retries
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

/** A lock was not available within `lock_timeout`. */
export const lockNotAvailable = '55P03';

/** The SQLSTATE of an error from the server; `undefined` for any other error. */
export function sqlState(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'severity' in thrown && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : undefined;
}

/** Whether a transaction that failed with this error may run again. */
export function isPostgresRetryable(thrown: unknown): boolean {
  const state = sqlState(thrown);
  return state !== undefined && retryable.has(state);
}

/** Whether a statement failed only because it was prepared before the schema changed. */
export function isStalePlan(thrown: unknown): boolean {
  return sqlState(thrown) === stalePlan;
}

/**
 * Whether the connection is unusable after an error. After an error of the server it is usable, unless the server
 * closes it.
 * Other errors of `pg` concern the connection, except values of the wrong type.
 */
export function isConnectionLost(thrown: unknown): boolean {
  const state = sqlState(thrown);
  if (state !== undefined) return state.startsWith('08') || state.startsWith('57P') || state === '25P03';
  return !(thrown instanceof TypeError || thrown instanceof RangeError);
}

/** `storage_unavailable` for a fault of the server or the network; any other error unchanged. */
export function fromPostgresError(thrown: unknown): unknown {
  const state = sqlState(thrown);
  if (state === undefined) return isConnectionLost(thrown) ? storageUnavailable(thrown) : thrown;
  return unavailableClasses.has(state.slice(0, 2)) || unavailableCodes.has(state) ? storageUnavailable(thrown) : thrown;
}

/** Whether the server's disk accepts no writes, because it is full or fails. Reads may still work. */
export function isDiskFailure(thrown: unknown): boolean {
  const state = isKnownError(thrown) ? sqlState(thrown.cause) : undefined;
  return state !== undefined && (state === '53100' || state.startsWith('58'));
}
