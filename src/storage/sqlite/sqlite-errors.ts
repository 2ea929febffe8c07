import { storageUnavailable } from '../unavailable.ts';

/** SQLite's primary result codes (sqlite.org/rescode.html): the low eight bits of an extended code. */
const busy = 5;
const readOnly = 8;
const ioError = 10;
const corrupt = 11;
const full = 13;
const cannotOpen = 14;
const protocol = 15;
const notADatabase = 26;
const unavailable: ReadonlySet<number> = new Set([
  busy,
  readOnly,
  ioError,
  corrupt,
  full,
  cannotOpen,
  protocol,
  notADatabase,
]);

/** The extended code of a failed sync. */
const ioErrorFsync = 1034;

/** The extended result code of an error that `node:sqlite` threw; `undefined` for any other error. */
export function sqliteErrorCode(thrown: unknown): number | undefined {
  return thrown instanceof Error && 'errcode' in thrown && typeof thrown.errcode === 'number'
    ? thrown.errcode
    : undefined;
}

/** Whether another program holds the lock that a statement needed. */
export function isSqliteBusy(thrown: unknown): boolean {
  return primaryCode(thrown) === busy;
}

/** Whether SQLite found the file damaged: an invalid page, or a file that is not a database. */
export function isSqliteDamage(thrown: unknown): boolean {
  const code = primaryCode(thrown);
  return code === corrupt || code === notADatabase;
}

/** Whether a sync failed. Earlier writes are then in doubt, even if later syncs succeed. */
export function isSqliteSyncFailure(thrown: unknown): boolean {
  return sqliteErrorCode(thrown) === ioErrorFsync;
}

/** `storage_unavailable` for a fault of the disk or the file; any other error unchanged. */
export function fromSqliteError(thrown: unknown): unknown {
  const code = primaryCode(thrown);
  return isClosed(thrown) || (code !== undefined && unavailable.has(code)) ? storageUnavailable(thrown) : thrown;
}

/** The error of `node:sqlite` on a closed connection. */
function isClosed(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_INVALID_STATE';
}

function primaryCode(thrown: unknown): number | undefined {
  const code = sqliteErrorCode(thrown);
  return code === undefined ? undefined : code % 256;
}
