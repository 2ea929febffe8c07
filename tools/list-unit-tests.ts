import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Imports of tests that open a socket, a database, a browser or a process. */
const opensSomething =
  /from 'node:(?:http|https|net|tls|dns|dns\/promises|child_process|worker_threads)'|\/test\/support\/(?!still-clock|settings|new-client-key|claims-fixtures)|from '(?:fastify|playwright-core)'|-in-browser\.test/;

/** The tests next to the source that open none of these, as paths relative to the project folder. */
export function listUnitTests(root: string): string[] {
  return globSync('src/**/*.test.ts', { cwd: root }).filter(
    (file) => !opensSomething.test(file) && !opensSomething.test(readFileSync(join(root, file), 'utf8')),
  );
}
