import { DemoProblem } from './demo-problem.ts';

const portDefault = 8080;
const practicePortDefault = 9090;
const portMax = 65_535;
/** How many ports are tried if the user set none. */
const portsTried = 20;

/** The addresses and ports of the demo. */
export interface DemoSettings {
  /** The server's ports in order of preference. For 0 the system chooses a free one. */
  readonly ports: readonly number[];
  /** The address that the server listens on. */
  readonly host: string;
  /** The ports of the practice identity provider. Its port is part of the issuer, so it should stay the same. */
  readonly practicePorts: readonly number[];
}

/**
 * Reads `PORT`, `HOST` and `PRACTICE_IDP_PORT`. A port that is set is the only one; without it, the next ports are
 * alternatives to the usual one.
 *
 * @throws {DemoProblem} when a port is not a number from 0 to 65535
 */
export function readDemoSettings(env: Readonly<Record<string, string | undefined>>): DemoSettings {
  return {
    ports: readPorts(env, 'PORT', portDefault),
    host: env['HOST'] || '127.0.0.1',
    practicePorts: readPorts(env, 'PRACTICE_IDP_PORT', practicePortDefault),
  };
}

function readPorts(env: Readonly<Record<string, string | undefined>>, name: string, usual: number): readonly number[] {
  const text = env[name];
  if (text === undefined || text === '') return Array.from({ length: portsTried }, (_, index) => usual + index);
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= portMax) return [port];
  throw new DemoProblem(`${name} must be a port, a number from 0 to ${portMax}.`);
}
