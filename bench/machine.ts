import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';

/** The hardware and software of the measurement. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly kernel: string;
  readonly node: string;
  readonly postgres: string | undefined;
  readonly betterAuth: string;
  /** The load average of the minute before. If it is not about 0, other work was running. */
  readonly loadBefore: number;
  readonly takenAt: string;
}

/** Describes the machine before the first measurement. */
export function describeMachine(postgresVersion: string | undefined): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    postgres: postgresVersion,
    betterAuth: betterAuthVersions(),
    loadBefore: loadavg()[0] ?? 0,
    takenAt: new Date().toISOString().slice(0, 10),
  };
}

function betterAuthVersions(): string {
  const text = readFileSync(join(import.meta.dirname, 'better-auth', 'package.json'), 'utf8');
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(text);
  return `better-auth ${dependencies['better-auth']} with @better-auth/sso ${dependencies['@better-auth/sso']}`;
}
