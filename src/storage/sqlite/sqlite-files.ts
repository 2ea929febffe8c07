import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

import { type FileLock, lockDatabaseFile } from './sqlite-lock.ts';
import { type Creation, missingDatabase } from '../missing-database.ts';
import { StorageStartError } from '../start-error.ts';

const ownerOnlyFile = 0o600;
const ownerOnlyFolder = 0o700;
const anybodyElse = 0o077;

/** A database file that this process alone may use. */
export interface OwnedFile {
  /** The file's real path: SQLite puts its log there even when the file was named by a link. */
  readonly path: string;
  readonly lock: FileLock;
}

/**
 * Makes a database file and its folder if they are missing, readable by their owner alone, and takes ownership of it.
 *
 * No descriptor of the database file is opened after SQLite has opened it: closing one would drop the locks that SQLite
 * holds on it (POSIX record locks belong to the process and the file, not to the descriptor).
 *
 * @throws {StorageStartError} when the file cannot be had, or has an owner.
 */
export function ownDatabaseFile(givenPath: string, creation: Creation): OwnedFile {
  requireFile(resolve(givenPath), creation);
  const path = attempt(`make the folder of ${givenPath}`, () => {
    const absolute = resolve(givenPath);
    mkdirSync(dirname(absolute), { recursive: true, mode: ownerOnlyFolder });
    return existsSync(absolute) ? realpathSync(absolute) : join(realpathSync(dirname(absolute)), basename(absolute));
  });
  const lock = lockDatabaseFile(path);
  try {
    attempt(`open ${path} for reading and writing`, () => makeFile(path));
  } catch (thrown) {
    lock.release();
    throw thrown;
  }
  return { path, lock };
}

// Before anything is made. That a file is empty is noticed when it is migrated.
function requireFile(path: string, creation: Creation): void {
  if (creation === 'always' || existsSync(path)) return;
  if (creation === 'never' || existsSync(`${path}.lock`)) throw missingDatabase(path);
}

/** Makes sure that the names of new files in a database's folder survive a power cut too. */
export function syncFolderOf(path: string): void {
  const folder = openSync(dirname(path), constants.O_RDONLY);
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function makeFile(path: string): void {
  // SQLite gives the log and its index the same permissions as the database file.
  closeSync(openSync(path, constants.O_RDWR | constants.O_CREAT, ownerOnlyFile));
  if ((statSync(path).mode & anybodyElse) !== 0) chmodSync(path, ownerOnlyFile);
}

function attempt<Result>(what: string, action: () => Result): Result {
  try {
    return action();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
    throw new StorageStartError(`Cannot ${what} (${code}).`, { cause });
  }
}
