import { expect, it } from 'vitest';

import { checkProse } from './check-prose.ts';

const findingsIn = async (file: string, source: string) =>
  (await checkProse(file, source)).map(({ line, column, message }) => `${line}:${column} ${message.split(' ')[0]}`);

it('finds a replaced word in a paragraph, a list and a table of Markdown', async () => {
  const page = 'Start anew.\n\n- Start anew.\n\n| a | b |\n| - | - |\n| anew | b |\n';
  expect(await findingsIn('page.md', page)).toEqual(['1:7 anew', '3:9 anew', '7:3 anew']);
});

it('leaves code in Markdown alone', async () => {
  expect(await findingsIn('page.md', 'Run `start anew`.\n\n```sh\nstart anew\n```\n')).toEqual([]);
});

it('finds a replaced word in comments, strings, templates and test titles', async () => {
  const source = [
    '// Start anew.',
    '/** Start anew. */',
    "it('starts anew', () => {",
    '  const text = `${name} starts anew`;',
    '});',
  ].join('\n');
  expect(await findingsIn('file.test.ts', source)).toEqual(['1:10 anew', '2:11 anew', '3:12 anew', '4:32 anew']);
});

it('leaves names and strings without a blank alone', async () => {
  expect(await findingsIn('file.ts', "const anew = 'anew'; export const told = anew;")).toEqual([]);
});
