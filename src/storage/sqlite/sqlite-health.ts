import { isSqliteDamage } from './sqlite-errors.ts';
import { watchFiles } from './sqlite-file-watch.ts';
import { storageUnavailable } from '../unavailable.ts';

/** Whether an open SQLite database is sound, without reading all of it. */
export interface SqliteHealth {
  /** Reports an error of a statement. */
  report(thrown: unknown): void;
  /** @throws `storage_unavailable` if the files are gone, or if a damaged page was found since the start. */
  requireSound(): void;
  /** @throws `storage_unavailable` if the files are gone: anything written now would be lost. */
  requireFiles(): void;
}

/**
 * A damaged page is remembered until the process ends. Only the statements that read it fail, so a check with another
 * statement would report the database as sound.
 */
export function createSqliteHealth(path: string): SqliteHealth {
  const files = watchFiles(path);
  let damage: unknown;
  const requireNone = (fault: unknown) => {
    if (fault !== undefined) throw storageUnavailable(fault);
  };
  return {
    report: (thrown) => {
      if (isSqliteDamage(thrown)) damage ??= thrown;
    },
    requireSound: () => {
      requireNone(files.look());
      requireNone(damage);
    },
    requireFiles: () => requireNone(files.lookNowAndThen()),
  };
}
