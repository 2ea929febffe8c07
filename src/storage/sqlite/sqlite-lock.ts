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
 * Makes this process the one owner of a database file, or says who is.
 *
 * The lock is SQLite's own exclusive lock on an empty file beside the database: the operating system lets go of it when
 * the process ends, however it ends, so there is no stale lock to clear. Who holds it stands in a text file, which is
 * only read to tell the operator.
 *
 * @throws {StorageStartError} when another server owns the database, or when the folder cannot be written to.
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
    // By its path: closing a descriptor of the file would drop the lock that this process may hold already.
    if ((statSync(lockPath).mode & anybodyElse) !== 0) chmodSync(lockPath, ownerOnly);
    lock.exec('pragma journal_mode = memory; begin exclusive');
    return lock;
  } catch (thrown) {
    lock?.close();
    if (!isSqliteBusy(thrown)) {
      throw new StorageStartError(`Cannot lock ${path}: the folder that it is in cannot be written to.`, {
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
    // The owner is between taking the lock and writing its name.
    return 'another process';
  }
}
