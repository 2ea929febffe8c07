import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { DemoProblem } from './demo-problem.ts';

/** A server that runs as a process of its own. */
export interface ServerProcess {
  /** Its address, as soon as it says that it is ready. Rejects with a {@link DemoProblem} when it ends before. */
  readonly ready: Promise<string>;
  /** Its exit code, once it has ended. A signal that ended it counts as 1. */
  readonly exited: Promise<number>;
  /** Asks it to end, and waits until it has. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

interface ServerCommand {
  /** What Node runs: the program, then its arguments. */
  readonly arguments: readonly string[];
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes what the server prints, line by line; the line that says that it is ready is kept back. */
  readonly print: (line: string) => void;
}

/**
 * Starts a server with this very Node. It gets a process group of its own: Ctrl-C in a terminal goes to the whole group
 * in front, and the server is to be stopped once, in its turn. Its errors go where this process's go.
 */
export function startServerProcess(command: ServerCommand): ServerProcess {
  const child = spawn(process.execPath, command.arguments, {
    cwd: command.folder,
    env: { ...command.env },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const ready = Promise.withResolvers<string>();
  // Whoever stops the server early does not wait for it to be ready.
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
