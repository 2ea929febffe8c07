import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { memoryOf, type Memory } from './process-tree.ts';
import { startServer, type ServerProcess } from './server-process.ts';
import type { Site, Subject } from './subject.ts';

/** A filled and started server, with its start time and its peak memory. */
export interface RunningSubject {
  readonly subject: Subject;
  readonly site: Site;
  readonly adminToken: string;
  readonly pid: number;
  readonly startedInMs: readonly number[];
  readonly atRest: Memory;
  readonly peak: () => Memory;
  /** Samples the memory; called during a load. */
  observe(): void;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly starts: number;
  readonly profileDirectory: string | undefined;
}

// A server that has just started to listen still loads and compiles code.
const settleMs = 1000;

/** Fills the site's database, starts the server the given number of times, and leaves the last one running. */
export async function startSubject(subject: Subject, site: Site, options: StartOptions): Promise<RunningSubject> {
  mkdirSync(site.directory, { recursive: true });
  const { adminToken } = await subject.prepare(site);
  const nodeOptions = options.profileDirectory === undefined ? [] : profiling(options.profileDirectory, subject.name);
  const program = { ...subject.program(site), nodeOptions };
  const startedInMs: number[] = [];
  let server: ServerProcess | undefined;
  for (let start = 0; start < options.starts; start += 1) {
    await server?.stop();
    server = await startServer(program);
    startedInMs.push(server.startedInMs);
  }
  if (server === undefined) throw new Error('a server must be started at least once');
  const { pid, stop } = server;
  await delay(settleMs);
  const atRest = memoryOf(pid);
  let peak = atRest;
  const observe = (): void => {
    const now = memoryOf(pid);
    peak = { rssMib: Math.max(peak.rssMib, now.rssMib), pssMib: Math.max(peak.pssMib, now.pssMib) };
  };
  return { subject, site, adminToken, pid, startedInMs, atRest, peak: () => peak, observe, stop };
}

function profiling(directory: string, name: string): string[] {
  return ['--cpu-prof', `--cpu-prof-dir=${join(directory, name)}`];
}
