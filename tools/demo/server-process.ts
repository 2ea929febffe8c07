import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { DemoProblem } from './demo-problem.ts';

/** A server in its own process. */
export interface ServerProcess {
  /** Its address, once it reports that it is ready. Rejects with a {@link DemoProblem} if it ends before. */
  readonly ready: Promise<string>;
  /** Its exit code, once it has ended. An end by a signal counts as 1. */
  readonly exited: Promise<number>;
  /** Requests its end, and waits for it. */
  stop(): Promise<void>;
  /** Ends it immediately. */
  kill(): void;
}

interface ServerCommand {
  /** The arguments for Node: the program, then its arguments. */
  readonly arguments: readonly string[];
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Receives the server's output line by line, without the line that reports that it is ready. */
  readonly print: (line: string) => void;
}

/**
 * Starts a server with the current Node. It gets its own process group: Ctrl-C in a terminal signals the whole
 * foreground group, but the demo must stop the server once and in order. Its errors are printed on this process's
 * standard error.
 */
export function startServerProcess(command: ServerCommand): ServerProcess {
  const child = spawn(process.execPath, command.arguments, {
    cwd: command.folder,
    env: { ...command.env },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const ready = Promise.withResolvers<string>();
  // If the server is stopped early, no caller waits for it to be ready.
  ready.promise.catch(() => undefined);

  createInterface({ input: child.stdout }).on('line', (line) => {
    const address = /^listening on (\S+)$/.exec(line)?.[1];
    if (address === undefined) command.print(line);
    else ready.resolve(address);
  });

  const exited = once(child, 'exit').then(([code]: unknown[]) => {
    const exitCode = typeof code === 'number' ? code : 1;
    ready.reject(new DemoProblem(`The server did not start: it ended with exit code ${exitCode}.`));
    return exitCode;
  });
  exited.catch(ready.reject);

  return {
    ready: ready.promise,
    exited,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
    kill: () => {
      child.kill('SIGKILL');
    },
  };
}
