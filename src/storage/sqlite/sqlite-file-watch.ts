import { statSync } from 'node:fs';

import { fileLookMsMin } from '../limits.ts';

/** Notices that a database file or its log was removed or replaced. */
export interface FileWatch {
  /** What is wrong with the files now; `undefined` if they are the opened ones. */
  look(): Error | undefined;
  /** The same, but it looks only if the last look was some time ago. */
  lookNowAndThen(): Error | undefined;
}

/**
 * Watches the files of an open database. Removed or replaced files stay open, so SQLite continues to write without an
 * error,
 * and the data is lost when the process ends. Only the names are looked up: opening and closing the database file would
 * drop
 * SQLite's locks on it.
 */
export function watchFiles(path: string): FileWatch {
  const opened = [path, `${path}-wal`].map((name) => ({ name, identity: identityOf(name) }));
  let lookedAtMs = -Infinity;
  let fault: Error | undefined;
  const look = () => {
    lookedAtMs = performance.now();
    const gone = opened.find(({ name, identity }) => identity !== identityOf(name));
    fault =
      gone && new Error(`${gone.name} was removed or replaced. Put it back, or stop the server and check the files`);
    return fault;
  };
  return {
    look,
    lookNowAndThen: () => (performance.now() - lookedAtMs < fileLookMsMin ? fault : look()),
  };
}

function identityOf(name: string): string | undefined {
  const found = statSync(name, { throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
}
