import type { FlowName } from './flows.ts';
import type { SubjectName } from './options.ts';
import type { Population } from './population.ts';
import type { Program } from './server-process.ts';

/** One server to be measured: its origin, its data and its users. */
export interface Site {
  readonly databaseUrl: string;
  readonly origin: string;
  readonly port: number;
  readonly idpOrigin: string;
  readonly population: Population;
  /** For log files and the server's other files. */
  readonly directory: string;
}

/** What the bench must know about a server to measure it. */
export interface Subject {
  readonly name: SubjectName;
  readonly signIn: FlowName;
  /** Fills the empty database; resolves with what the driver needs to call the configuration API. */
  prepare(site: Site): Promise<{ adminToken: string }>;
  program(site: Site): Program;
}
