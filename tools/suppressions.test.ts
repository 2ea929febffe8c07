import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { expect, it } from 'vitest';

const root = dirname(import.meta.dirname);
const directive = /(?:oxlint|eslint)-disable|@ts-(?:expect-error|ignore|nocheck)/;
const withReason = /(?:-disable(?:-next-line|-line)? [\w/, -]+ -- |@ts-expect-error[ :-]+)\S.{9,}/;

it('every suppression of a rule names the rule and says why', () => {
  const files = globSync('{src,test,tools,bench}/**/*.ts', { cwd: root, exclude: ['bench/better-auth/**'] });
  const silent = files
    .filter((file) => !file.endsWith('suppressions.test.ts'))
    .flatMap((file) =>
      readFileSync(join(root, file), 'utf8')
        .split('\n')
        .map((line, index) => ({ file, line, index })),
    )
    .filter(({ line }) => directive.test(line) && !withReason.test(line));
  expect(silent.map(({ file, index }) => `${file}:${index + 1}`)).toEqual([]);
});
