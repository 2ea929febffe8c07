import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

import { runCli } from '../../src/cli/run-cli.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { runServerCommand } from '../../src/server-commands/run-server-command.ts';

/** How to run a command, in addition to its arguments. */
export interface CommandOptions {
  /** The user's home, with the profiles. */
  readonly home: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input; empty by default. */
  readonly input?: string;
}

/** The result of a command. */
export interface CommandEnd {
  readonly exitCode: number | null;
  readonly output: string;
  readonly errors: string;
  /** Standard output as JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- what a test expects of an answer is what the test asserts
  readonly json: () => any;
}

/**
 * Runs `sallyport` to its end, without this process's environment. It is not a separate process, which would take a
 * hundred times as long.
 * For what only a process shows, use `runProgram`. A file is named with its folder here.
 */
export async function runCommand(
  args: readonly string[],
  { home, env = {}, input = '' }: CommandOptions,
): Promise<CommandEnd> {
  const streams = { input: Readable.from([Buffer.from(input)]), output: new PassThrough(), errors: new PassThrough() };
  const printed = Promise.all([text(streams.output), text(streams.errors)]);
  const world = {
    args,
    env: { HOME: home, ...env },
    streams,
    platform: process.platform,
    clock: systemClock,
    fetch: async (url: URL, init: RequestInit) => fetch(url, init),
  };
  const exitCode = await runCli(world, async (name, typed) => {
    if (name === 'serve') throw new Error('a server is a process of its own');
    return runServerCommand(name, { input: typed, env: world.env });
  });
  streams.output.end();
  streams.errors.end();
  return endOf(exitCode, ...(await printed));
}

/** How a command ended that left this behind. */
export function endOf(exitCode: number | null, output: string, errors: string): CommandEnd {
  return { exitCode, output, errors, json: () => JSON.parse(output) };
}
