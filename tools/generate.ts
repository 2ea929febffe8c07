import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

import { generatedFiles, type GeneratedFile } from './generate/generated-files.ts';

// Writes every generated file. With `--check` it writes nothing and fails if a file is out of date.
const root = dirname(import.meta.dirname);
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const stale = await findStale(generatedFiles);
if (values.check) {
  for (const { path } of stale) console.error(`${path} is stale. Run: npm run generate`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const { path, text } of stale) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
    console.log(`wrote ${path}`);
  }
}

async function findStale(files: readonly GeneratedFile[]): Promise<readonly { path: string; text: string }[]> {
  const rendered = await Promise.all(
    files.map(async ({ path, render }) => ({ path, text: await render(root), present: await readIfThere(path) })),
  );
  return rendered.filter(({ text, present }) => text !== present);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(join(root, path), 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
}
