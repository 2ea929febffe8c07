import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { expect, it } from 'vitest';

const tests = join(dirname(import.meta.dirname), 'test');
const page = readFileSync(join(tests, 'README.md'), 'utf8');

it('test/README.md lists every helper in test/support, and no other file', () => {
  const listed = [...page.matchAll(/^\| `([\w-]+\.ts)` +\| \S/gm)].map(([, file]) => file);
  expect(listed).toEqual(readdirSync(join(tests, 'support')).toSorted());
});

it('test/README.md says what belongs in every folder of tests', () => {
  const folders = readdirSync(tests, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const missing = folders.filter(({ name }) => name !== 'support' && !page.includes(`\`test/${name}/`));
  expect(missing.map(({ name }) => name)).toEqual([]);
});

it('test/README.md names only folders and files of tests that exist', () => {
  const named = [...page.matchAll(/\btest\/[\w/-]+(?:\.test\.ts)?/g)].map(([path]) => path);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !existsSync(join(dirname(tests), path)))).toEqual([]);
});
