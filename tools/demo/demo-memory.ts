import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';

import { DemoProblem } from './demo-problem.ts';

const ClientCredentials = Type.Object({ clientId: Type.String(), clientSecret: Type.String() });

const DemoMemory = Type.Object({
  admin: Type.Object({ email: Type.String(), password: Type.String() }),
  /** The credentials of the machine identity that the first start created. */
  machineLogin: ClientCredentials,
  /** The server's client credentials at the practice provider. */
  practiceClient: ClientCredentials,
  organizationId: Type.Optional(Type.String()),
  /** The issuer in the connection that the demo last wrote. */
  discoveryUrl: Type.Optional(Type.String()),
});

/** The state that the demo stores between starts. It contains secrets. */
export type DemoMemory = Static<typeof DemoMemory>;

/**
 * The stored state, or `undefined` at the first start.
 *
 * @throws {DemoProblem} if the file has other contents
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

/** Stores the state in a file that only its owner can read. The previous file is replaced atomically. */
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
