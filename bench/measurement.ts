import type { EngineName, SubjectName } from './options.ts';
import type { LoadResult } from './load.ts';
import type { Memory } from './process-tree.ts';

/** The unit of work that is repeated and measured. */
export type Phase = 'known people' | 'first sign-ins' | 'cold organizations' | 'config reads' | 'config writes';

/** Which server, on which engine, with how many organizations. */
export interface Setting {
  readonly subject: SubjectName;
  readonly engine: EngineName;
  readonly organizations: number;
}

/** CPU milliseconds in one load, by process tree. */
export interface Cpu {
  readonly serverMs: number;
  readonly postgresMs: number;
  readonly idpMs: number;
  readonly driverMs: number;
}

/** Requests to the fake identity provider in one load: those of a server, not of the browsers. */
export interface IdpCalls {
  readonly discovery: number;
  readonly jwks: number;
  readonly token: number;
}

/** One load in one round. */
export interface Sample extends Setting {
  readonly phase: Phase;
  readonly concurrency: number;
  readonly round: number;
  readonly load: LoadResult;
  readonly cpu: Cpu;
  readonly idpCalls: IdpCalls;
}

/** The start time and the memory of a server. */
export interface Footprint extends Setting {
  readonly startedInMs: readonly number[];
  readonly atRest: Memory;
  readonly peak: Memory;
}

export interface Measurements {
  readonly samples: readonly Sample[];
  readonly footprints: readonly Footprint[];
}
