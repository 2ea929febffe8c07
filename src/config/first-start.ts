import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import type { Config } from './load-config.ts';

/** The first start of a server, whose root key is made by it. */
export interface FirstStart {
  /** Whether the database may be made where there is none. */
  readonly creation: 'always' | 'unless-lost' | 'never';
  /** To be called when root key and database are there. */
  finish(): void;
}

/**
 * Finds out whether this is a first start, and marks it beside the root key file until it is finished. A root key file
 * without a database and without that mark means that the database was lost, or that its volume is not mounted.
 *
 * A root key in the environment tells nothing of an earlier start, so a database is made unless the operator forbids it
 * or its folder shows that there was one.
 */
export function beginFirstStart({ rootKey, createDatabase }: Pick<Config, 'rootKey' | 'createDatabase'>): FirstStart {
  const forced = createDatabase === 'first-start' ? undefined : createDatabase;
  if (rootKey.from === 'environment') return { creation: forced ?? 'unless-lost', finish: () => undefined };
  const mark = `${rootKey.file}.first-start`;
  if (!existsSync(rootKey.file)) tryToMark(mark);
  const isFirst = existsSync(mark) || !existsSync(rootKey.file);
  return { creation: forced ?? (isFirst ? 'always' : 'never'), finish: () => rmSync(mark, { force: true }) };
}

// A folder that cannot be written to is reported by what makes the root key there.
function tryToMark(mark: string): void {
  try {
    mkdirSync(dirname(mark), { recursive: true, mode: 0o700 });
    writeFileSync(mark, '', { mode: 0o600 });
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause)) throw cause;
  }
}
