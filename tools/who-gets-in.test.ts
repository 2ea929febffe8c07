import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { expect, it } from 'vitest';

const docs = join(dirname(import.meta.dirname), 'docs');
const page = readFileSync(join(docs, 'who-gets-in.md'), 'utf8');

it('docs/who-gets-in.md links only to files that exist', () => {
  const targets = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
  expect(targets.length).toBeGreaterThan(50);
  expect(targets.filter((target) => !existsSync(join(docs, target)))).toEqual([]);
});

it('docs/who-gets-in.md names only functions that the linked file exports', () => {
  const entries = [...page.matchAll(/\[`(\w+)`\]\(([^)]+)\)/g)];
  expect(entries.length).toBeGreaterThan(50);
  const wrong = entries.filter(([, name, target = '']) => {
    const file = join(docs, target);
    return (
      !existsSync(file) || !new RegExp(`^export (async )?function ${name}\\b`, 'm').test(readFileSync(file, 'utf8'))
    );
  });
  expect(wrong.map(([entry]) => entry)).toEqual([]);
});

it('docs/who-gets-in.md states the number of files of each question', () => {
  const questions = page.split(/^## /m).filter((section) => section.includes('?'));
  const counted = questions.map((section) => {
    const [title = ''] = section.split('\n');
    const files = new Set([...section.matchAll(/^\d+\. \[`\w+`\]\(([^)]+)\)/gm)].map(([, target]) => target));
    return {
      question: title.replace(/ \(.*/, ''),
      stated: Number(/\((\d+) files\)/.exec(title)?.[1]),
      counted: files.size,
    };
  });
  expect(counted).toHaveLength(5);
  expect(counted.filter(({ stated, counted: found }) => stated !== found)).toEqual([]);
});
