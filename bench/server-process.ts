import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** A server that runs in its own process and has printed that it listens. */
export interface ServerProcess {
  readonly pid: number;
  readonly origin: string;
  /** From the spawn to the line `listening on`. */
  readonly startedInMs: number;
  /** Sends SIGTERM, and SIGKILL if the process still runs after ten seconds. */
  stop(): Promise<void>;
}

export interface Program {
  readonly file: string;
  /** Options of Node itself, such as `--cpu-prof`. */
  readonly nodeOptions?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The file for standard output and standard error. */
  readonly logFile: string;
}

const startDeadlineMs = 60_000;
const stopDeadlineMs = 10_000;
const pollMs = 2;

/**
 * Starts a program on this Node and waits for its line `listening on <origin>`. Its output goes to a file, as in
 * production, so that the
 * bench does not spend time on it.
 */
export async function startServer(program: Program): Promise<ServerProcess> {
  const startMs = performance.now();
  const child = launch(program);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program.file} did not start`);
  for (;;) {
    const origin = /listening on (https?:\/\/[^\s"]+)/.exec(readFileSync(program.logFile, 'utf8'))?.[1];
    const elapsedMs = performance.now() - startMs;
    if (origin !== undefined) {
      return { pid, origin: new URL(origin).origin, startedInMs: elapsedMs, stop: () => stop(child) };
    }
    if (child.exitCode !== null || elapsedMs > startDeadlineMs) {
      child.kill('SIGKILL');
      throw new Error(`${program.file} did not listen:\n${readFileSync(program.logFile, 'utf8').slice(-2000)}`);
    }
    await delay(pollMs);
  }
}

/** Runs a program on this Node to its end; rejects if it fails. */
export async function runToEnd(program: Program): Promise<void> {
  const child = launch(program);
  await once(child, 'exit');
  if (child.exitCode !== 0) {
    throw new Error(`${program.file} failed:\n${readFileSync(program.logFile, 'utf8').slice(-2000)}`);
  }
}

type Child = ReturnType<typeof launch>;

function launch({ file, nodeOptions = [], environment, logFile }: Program) {
  const log = openSync(logFile, 'w');
  const child = spawn(process.execPath, [...nodeOptions, file], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  // Processes that the bench started must end with it.
  const killIt = (): boolean => child.kill('SIGKILL');
  process.once('exit', killIt);
  child.once('exit', () => process.off('exit', killIt));
  return child;
}

async function stop(child: Child): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), stopDeadlineMs);
  await ended;
  clearTimeout(patience);
}
