import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { DatabaseSync } from 'node:sqlite';

import { ownProcessId } from '../../kernel/own-process.ts';
import { ownerWaitMs } from '../limits.ts';
import { isSqliteBusy } from './sqlite-errors.ts';
import { StorageStartError } from '../start-error.ts';

const ownerOnly = 0o600;
const anybodyElse = 0o077;

/** The ownership of a database file. */
export interface FileLock {
  release(): void;
}

/**
 * Makes this process the only owner of a database file, or reports the owner.
 *
 * The lock is SQLite's exclusive lock on an empty file beside the database. The operating system releases it when the
 * process ends, however it ends, so no stale lock has to be cleared. A text file names the owner for the operator.
 *
 * @throws {StorageStartError} if another server owns the database, or if the folder cannot be written to.
 */
export function lockDatabaseFile(path: string): FileLock {
  const ownerPath = `${path}.owner`;
  const lock = openLock(path, ownerPath);
  writeFileSync(ownerPath, `process ${ownProcessId} on ${hostname()}\n`, { mode: ownerOnly });
  return {
    release: () => {
      rmSync(ownerPath, { force: true });
      lock.close();
    },
  };
}

function openLock(path: string, ownerPath: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    const lockPath = `${path}.lock`;
    lock = new DatabaseSync(lockPath, { timeout: ownerWaitMs });
    // By its path: closing a descriptor of the file would drop a lock that this process may already have.
    if ((statSync(lockPath).mode & anybodyElse) !== 0) chmodSync(lockPath, ownerOnly);
    lock.exec('pragma journal_mode = memory; begin exclusive');
    return lock;
  } catch (thrown) {
    lock?.close();
    if (!isSqliteBusy(thrown)) {
      throw new StorageStartError(`Cannot lock ${path}: its folder cannot be written to.`, {
        cause: thrown,
      });
    }
    throw new StorageStartError(
      `${path} is in use by ${ownerIn(ownerPath)}. One SQLite database has one server: stop that one first, or use ` +
        'PostgreSQL to run several.',
      { cause: thrown },
    );
  }
}

function ownerIn(ownerPath: string): string {
  try {
    return readFileSync(ownerPath, 'utf8').trim();
  } catch {
    // The owner has taken the lock but not yet written its name.
    return 'another process';
  }
}
