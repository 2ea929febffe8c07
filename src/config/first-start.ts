import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import type { Config } from './load-config.ts';

/** The first start of a server, which creates the root key. */
export interface FirstStart {
  /** Whether a missing database may be created. */
  readonly creation: 'always' | 'unless-lost' | 'never';
  /** Call this when root key and database exist. */
  finish(): void;
}

/**
 * Determines whether this is a first start, and marks it beside the root key file until it is complete. A root key file
 * without a database and without that mark means that the database was lost, or that its volume is not mounted.
 *
 * A root key in the environment gives no indication of an earlier start. The database is then created unless the
 * operator forbids it or its folder shows that there was one.
 */
export function beginFirstStart({ rootKey, createDatabase }: Pick<Config, 'rootKey' | 'createDatabase'>): FirstStart {
  const forced = createDatabase === 'first-start' ? undefined : createDatabase;
  if (rootKey.from === 'environment') return { creation: forced ?? 'unless-lost', finish: () => undefined };
  const mark = `${rootKey.file}.first-start`;
  if (!existsSync(rootKey.file)) tryToMark(mark);
  const isFirst = existsSync(mark) || !existsSync(rootKey.file);
  return { creation: forced ?? (isFirst ? 'always' : 'never'), finish: () => rmSync(mark, { force: true }) };
}

// A folder without write permission is reported when the root key is created there.
function tryToMark(mark: string): void {
  try {
    mkdirSync(dirname(mark), { recursive: true, mode: 0o700 });
    writeFileSync(mark, '', { mode: 0o600 });
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause)) throw cause;
  }
}
