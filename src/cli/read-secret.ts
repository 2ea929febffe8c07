import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

import { CliFailure, usageFailure } from './cli-failure.ts';
import type { CommandContext } from './command.ts';
import { readTextFile } from './profiles.ts';

const inputLengthMax = 1_048_576;

/**
 * Reads a secret that was given as `--<name>` or `--<name>-file`, where `-` is standard input. It warns about a secret
 * on the command line, because every program on the computer can see it and it stays in the shell's history.
 */
export async function readSecret(context: CommandContext, name: string): Promise<string | undefined> {
  const { input, say } = context;
  const typed = input.text(name);
  const file = input.text(`${name}-file`);
  if (typed !== undefined && file !== undefined) throw usageFailure(`Give --${name} or --${name}-file, not both.`);
  if (typed === '-' || file === '-') return (await readInput(context)).trim();
  if (typed !== undefined) {
    say(
      `Warning: other programs can see a secret on the command line. Use --${name}-file, or --${name}-file - for standard input.`,
    );
    return typed;
  }
  if (file === undefined) return undefined;
  const secret = (await readTextFile(file)).trim();
  if (secret === '') throw new CliFailure('failed', `${file} is empty.`);
  return secret;
}

/** All of standard input. */
export async function readInput({ world }: CommandContext): Promise<string> {
  const { input } = world.streams;
  input.setEncoding('utf8');
  let text = '';
  for await (const chunk of input) {
    text += String(chunk);
    if (text.length > inputLengthMax) throw new CliFailure('failed', 'Standard input is too long.');
  }
  return text;
}

/**
 * Asks before something is deleted. Without a terminal, `--yes` is required.
 *
 * @throws {CliFailure} unless the answer is yes.
 */
export async function confirm({ input, world }: CommandContext, question: string): Promise<void> {
  if (input.has('yes')) return;
  const { input: stdin, errors } = world.streams;
  if (stdin.isTTY !== true) throw usageFailure('Not a terminal: pass --yes.');
  const asking = createInterface({ input: stdin, output: errors });
  try {
    const answer = await asking.question(`${question} [y/N] `);
    if (!/^y(?:es)?$/iu.test(answer.trim())) throw new CliFailure('failed', 'Nothing was changed.');
  } finally {
    asking.close();
  }
}

/** Reads one line from the terminal without showing it, until `signal` ends the wait. */
export async function readHiddenLine({ world }: CommandContext, signal: AbortSignal): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const asking = createInterface({ input: world.streams.input, output: nowhere, terminal: true });
  const interrupted = new AbortController();
  asking.on('SIGINT', () => interrupted.abort());
  try {
    return await asking.question('', { signal: AbortSignal.any([signal, interrupted.signal]) });
  } catch (cause) {
    if (interrupted.signal.aborted) throw new CliFailure('failed', 'Interrupted.', { cause });
    throw cause;
  } finally {
    asking.close();
  }
}
