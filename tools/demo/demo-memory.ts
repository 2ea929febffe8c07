import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';

import { DemoProblem } from './demo-problem.ts';

const ClientCredentials = Type.Object({ clientId: Type.String(), clientSecret: Type.String() });

const DemoMemory = Type.Object({
  admin: Type.Object({ email: Type.String(), password: Type.String() }),
  /** What the machine identity that the first start made logs in with. */
  machineLogin: ClientCredentials,
  /** What the server logs in with at the practice provider. */
  practiceClient: ClientCredentials,
  organizationId: Type.Optional(Type.String()),
  /** Where the organization's configuration was last made to lead. */
  discoveryUrl: Type.Optional(Type.String()),
});

/** What a start of the demo remembers of the ones before. It holds secrets. */
export type DemoMemory = Static<typeof DemoMemory>;

/**
 * What was remembered, or `undefined` at the first start.
 *
 * @throws {DemoProblem} when the file holds something else
 */
export async function readDemoMemory(file: string): Promise<DemoMemory | undefined> {
  const text = await readIfThere(file);
  if (text === undefined) return undefined;
  const content = parseJson(text);
  if (Value.Check(DemoMemory, content)) return content;
  throw new DemoProblem(
    `${file} is not what the demo wrote. Delete the folder ${dirname(file)} to start afresh; its data is lost with it.`,
  );
}

/** Remembers, in a file that only its owner can read; what was there before is replaced at once or not at all. */
export async function writeDemoMemory(file: string, memory: DemoMemory): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.new`;
  await writeFile(draft, `${JSON.stringify(memory, undefined, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new DemoProblem(`${file} cannot be read.`, { cause: error });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
