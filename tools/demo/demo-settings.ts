import { DemoProblem } from './demo-problem.ts';

const portDefault = 8080;
const practicePortDefault = 9090;
const portMax = 65_535;

/** Where everything of the demo runs and lies. */
export interface DemoSettings {
  /** The server's port; 0 takes any free one. */
  readonly port: number;
  /** The address that the server listens on. */
  readonly host: string;
  /** The practice provider's port. It is part of the issuer, so it is the same at every start. */
  readonly practicePort: number;
}

/**
 * Reads `PORT`, `HOST` and `PRACTICE_IDP_PORT`.
 *
 * @throws {DemoProblem} for a port that is none
 */
export function readDemoSettings(env: Readonly<Record<string, string | undefined>>): DemoSettings {
  return {
    port: readPort(env, 'PORT', portDefault),
    host: env['HOST'] || '127.0.0.1',
    practicePort: readPort(env, 'PRACTICE_IDP_PORT', practicePortDefault),
  };
}

function readPort(env: Readonly<Record<string, string | undefined>>, name: string, whenUnset: number): number {
  const text = env[name];
  if (text === undefined || text === '') return whenUnset;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= portMax) return port;
  throw new DemoProblem(`${name} must be a port, a number from 0 to ${portMax}.`);
}
