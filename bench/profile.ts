import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The part of a V8 CPU profile that this program reads. */
interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { functionName: string; url: string } }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

/** CPU time by the part of the program whose own code ran. */
export interface PartOfTime {
  readonly part: string;
  /** As a share of the time in which the process was not idle. */
  readonly share: number;
}

/** The CPU time of all `.cpuprofile` files in a folder by part, the largest first. */
export function readProfiles(directory: string): readonly PartOfTime[] {
  const micros = new Map<string, number>();
  for (const name of readdirSync(directory).filter((file) => file.endsWith('.cpuprofile'))) {
    add(micros, JSON.parse(readFileSync(join(directory, name), 'utf8')));
  }
  micros.delete('(idle)');
  const total = micros.values().reduce((sum, each) => sum + each, 0);
  const parts = Array.from(micros, ([part, each]) => ({ part, share: each / total }));
  return parts.toSorted((a, b) => b.share - a.share);
}

function add(micros: Map<string, number>, profile: CpuProfile): void {
  const parts = new Map(profile.nodes.map(({ id, callFrame }) => [id, partOf(callFrame)]));
  for (const [i, id] of profile.samples.entries()) {
    const part = parts.get(id) ?? '(unknown)';
    micros.set(part, (micros.get(part) ?? 0) + (profile.timeDeltas[i] ?? 0));
  }
}

// A package of npm, a folder of this project, a module of Node, or work of V8 itself. Functions without a file are
// built into the
// runtime, such as those of node:sqlite and node:crypto.
function partOf({ functionName, url }: { functionName: string; url: string }): string {
  const [, npmPackage] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
  if (npmPackage !== undefined) return npmPackage;
  const [, folder] = /\/((?:src|bench)(?:\/[^/]+(?=\/))?)\/[^/]+$/.exec(url) ?? [];
  if (folder !== undefined) return folder;
  if (url.startsWith('node:')) return url.replace(/^node:internal\/([^/]+).*$/, 'node:internal/$1');
  return functionName.startsWith('(') ? functionName : `built in: ${functionName}`;
}
