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

/** A database file that this process owns. */
export interface OwnedFile {
  /** The file's real path: SQLite puts its log there even if the file was named by a symbolic link. */
  readonly path: string;
  readonly lock: FileLock;
}

/**
 * Creates a missing database file and its folder, readable only by their owner, and takes ownership of the file.
 *
 * After SQLite has opened the database file, no other descriptor of it may be opened: closing one would drop SQLite's
 * locks
 * (POSIX record locks belong to the process and the file, not to the descriptor).
 *
 * @throws {StorageStartError} if the file cannot be opened or has another owner.
 */
export function ownDatabaseFile(givenPath: string, creation: Creation): OwnedFile {
  requireFile(resolve(givenPath), creation);
  const path = attempt(`create the folder of ${givenPath}`, () => {
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

// Before anything is created. An empty file is noticed when it is migrated.
function requireFile(path: string, creation: Creation): void {
  if (creation === 'always' || existsSync(path)) return;
  if (creation === 'never' || existsSync(`${path}.lock`)) throw missingDatabase(path);
}

/** Syncs the folder, so that the names of new files survive a power cut. */
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
