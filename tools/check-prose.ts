import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { checkProse } from './prose/check-prose.ts';

// `npm run check:prose`: checks the prose of all tracked files, or of the given files.

const named = process.argv.slice(2);
const listed = named.length > 0 ? named : execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0');
const files = listed.filter((file) => /\.(?:md|ts|mjs)$/.test(file) && !isExempt(file));

// The test of the check contains the words that it looks for.
function isExempt(file: string): boolean {
  return file.startsWith('bench/better-auth/') || file === 'tools/prose/check-prose.test.ts';
}

let count = 0;
for (const file of files) {
  for (const { line, column, message } of await checkProse(file, readFileSync(file, 'utf8'))) {
    count += 1;
    console.log(`${file}:${line}:${column}: ${message}`);
  }
}
if (count > 0) {
  console.log(`\n${count} words that docs/style.md replaces.`);
  process.exitCode = 1;
}
