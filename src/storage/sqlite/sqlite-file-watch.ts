import { statSync } from 'node:fs';

import { fileLookMsMin } from '../limits.ts';

/** Notices that a database file or its log is not at its place any more. */
export interface FileWatch {
  /** What is wrong with the files now; `undefined` while they are those that were opened. */
  look(): Error | undefined;
  /** The same, but the files are looked at only if the last look is some time ago. */
  lookNowAndThen(): Error | undefined;
}

/**
 * Watches the files of a database that is open. Removed or replaced files stay open, so SQLite writes on without an error,
 * into what is lost when the process ends. Only their names are looked at: to open and close the database file would drop
 * the locks that SQLite holds on it.
 */
export function watchFiles(path: string): FileWatch {
  const opened = [path, `${path}-wal`].map((name) => ({ name, identity: identityOf(name) }));
  let lookedAtMs = -Infinity;
  let fault: Error | undefined;
  const look = () => {
    lookedAtMs = performance.now();
    const gone = opened.find(({ name, identity }) => identity !== identityOf(name));
    fault = gone && new Error(`${gone.name} was removed or replaced; put it back, or stop the server and see to it`);
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
