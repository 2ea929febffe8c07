import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
}

/** Resident memory of a process tree in MiB; `pss` counts shared memory proportionally. */
export interface Memory {
  readonly rssMib: number;
  readonly pssMib: number;
}

/**
 * CPU milliseconds that a process and all its descendants have used, user and system, all threads: fields 14 to 17 of
 * `/proc/<pid>/stat`, proc_pid_stat(5). Descendants that ended are counted in the parent that waited for them.
 */
export function cpuMs(root: number): number {
  return tree(root).reduce((sum, { ticks }) => sum + ticks, 0) * (1000 / ticksPerSecond);
}

/** The memory of a process and all its descendants now, from `/proc/<pid>/smaps_rollup`. */
export function memoryOf(root: number): Memory {
  let rssKib = 0;
  let pssKib = 0;
  for (const { pid } of tree(root)) {
    const rollup = readOrEmpty(`/proc/${pid}/smaps_rollup`);
    rssKib += Number(/^Rss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
    pssKib += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
  }
  return { rssMib: rssKib / 1024, pssMib: pssKib / 1024 };
}

function tree(root: number): ProcessStat[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? stat(name) : []));
  const found = all.filter((each) => each.pid === root);
  for (const parent of found) found.push(...all.filter((each) => each.parent === parent.pid));
  return found;
}

// The second field is the program's name in parentheses and may contain anything, so the other fields are counted after
// it.
function stat(pid: string): ProcessStat[] {
  const text = readOrEmpty(`/proc/${pid}/stat`);
  if (text === '') return [];
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return [{ pid: Number(pid), parent: Number(fields[1]), ticks }];
}

// A process may end between the listing and the read.
function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
