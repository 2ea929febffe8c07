import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { type CommandEnd, type CommandOptions, endOf } from './command-line.ts';

const projectFolder = join(import.meta.dirname, '../..');
const node = join(projectFolder, 'node_modules/.bin/node');
const launcher = join(projectFolder, 'bin/sallyport.mjs');

/** A running program. */
export interface RunningProgram {
  readonly ended: Promise<CommandEnd>;
  /** Resolves with the first match in its standard error. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
  kill(): void;
}

/** Starts `sallyport` as a separate process, without this one's environment. */
export function startProgram(args: readonly string[], { home, env = {}, input = '' }: CommandOptions): RunningProgram {
  const child = spawn(node, [launcher, ...args], {
    cwd: home,
    env: { PATH: join(home, 'bin'), HOME: home, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  const listeners = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk;
    for (const listener of listeners) listener();
  });
  // A command that does not read its input closes it, which is not a fault.
  child.stdin.on('error', () => undefined).end(input);
  const ended = new Promise<CommandEnd>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => resolve(endOf(exitCode, output, errors)));
  });
  return {
    ended,
    said: async (pattern) => {
      const found = Promise.withResolvers<RegExpExecArray>();
      const look = () => {
        const match = pattern.exec(errors);
        if (match !== null) found.resolve(match);
      };
      listeners.add(look);
      look();
      void ended.then(() => found.reject(new Error(`The command ended. ${output}${errors}`)));
      return found.promise.finally(() => listeners.delete(look));
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

/** Runs `sallyport` as a separate process, to its end. */
export async function runProgram(args: readonly string[], options: CommandOptions): Promise<CommandEnd> {
  return startProgram(args, options).ended;
}
