import { spawn } from 'node:child_process';
import { join } from 'node:path';

const projectFolder = join(import.meta.dirname, '../..');
const node = join(projectFolder, 'node_modules/.bin/node');
const launcher = join(projectFolder, 'bin/sallyport.mjs');

/** How a command is run besides its words. */
export interface CommandOptions {
  /** The person's home: where the profiles are. */
  readonly home: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What stands in standard input; nothing by default. */
  readonly input?: string;
}

/** How a command ended. */
export interface CommandEnd {
  readonly exitCode: number | null;
  readonly output: string;
  readonly errors: string;
  /** Standard output as JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- what a test expects of an answer is what the test asserts
  readonly json: () => any;
}

/** A command that runs. */
export interface RunningCommand {
  readonly ended: Promise<CommandEnd>;
  /** Resolves with the first match in what it has said on standard error. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
  kill(): void;
}

/** Starts `sallyport` as a process of its own, with nothing of this one's environment. */
export function startCommand(args: readonly string[], { home, env = {}, input = '' }: CommandOptions): RunningCommand {
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
  // A command that does not read its input closes it, which is no fault.
  child.stdin.on('error', () => undefined).end(input);
  const ended = new Promise<CommandEnd>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, output, errors, json: () => JSON.parse(output) }));
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

/** Runs `sallyport` to its end. */
export async function runCommand(args: readonly string[], options: CommandOptions): Promise<CommandEnd> {
  return startCommand(args, options).ended;
}
