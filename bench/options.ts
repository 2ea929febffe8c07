import { parseArgs } from 'node:util';

export const subjectNames = ['sallyport', 'better-auth', 'floor'] as const;
export type SubjectName = (typeof subjectNames)[number];

export const engineNames = ['sqlite', 'postgres'] as const;
export type EngineName = (typeof engineNames)[number];

export interface BenchOptions {
  readonly subjects: readonly SubjectName[];
  readonly engines: readonly EngineName[];
  readonly organizations: readonly number[];
  /** Every subject is measured once in each round, one after the other. */
  readonly rounds: number;
  /** The duration of one load. */
  readonly seconds: number;
  /** Before the first round, 32 at a time; long enough for sign-ins at every active organization. */
  readonly warmUpSeconds: number;
  /** The maximum number of organizations with sign-ins. */
  readonly activeOrganizationsMax: number;
  /** How often each server is started to measure the start time. */
  readonly starts: number;
  readonly jsonFile: string | undefined;
  /** Measures sign-ins beside expensive requests instead of the usual report. */
  readonly isBeside: boolean;
  /** Where the CPU profiles of the subjects go, if requested. */
  readonly profileDirectory: string | undefined;
}

export const usage = `npm run bench -- [options]
  --quick                       two sizes and short rounds, under three minutes
  --only <subject>              sallyport, better-auth or floor; may be repeated
  --engine <engine,...>         sqlite, postgres
  --organizations <n,...>       10,1000,100000
  --rounds <n>                  3
  --seconds <n>                 3, of each load
  --beside                      a sign-in alone and beside sixty costly requests, on Sallyport only
  --json <file>                 every single measurement
  --profile <directory>         run the servers with --cpu-prof; the figures are then too high
`;

const full = {
  organizations: [10, 1000, 100_000],
  rounds: 3,
  seconds: 3,
  warmUpSeconds: 8,
  activeOrganizationsMax: 1000,
  starts: 3,
} as const;
const quick = {
  organizations: [10, 1000],
  rounds: 2,
  seconds: 1,
  warmUpSeconds: 2.5,
  activeOrganizationsMax: 100,
  starts: 1,
} as const;

/** Reads the command line. Throws an error with a message for the user. */
export function readOptions(argv: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      engine: { type: 'string', multiple: true },
      organizations: { type: 'string', multiple: true },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      beside: { type: 'boolean', default: false },
      json: { type: 'string' },
      profile: { type: 'string' },
    },
  });
  const defaults = values.quick ? quick : full;
  return {
    ...defaults,
    subjects: chosen(values.only, subjectNames),
    engines: chosen(values.engine, engineNames),
    organizations: items(values.organizations)?.map(positive) ?? defaults.organizations,
    rounds: values.rounds === undefined ? defaults.rounds : positive(values.rounds),
    seconds: values.seconds === undefined ? defaults.seconds : positive(values.seconds),
    isBeside: values.beside,
    jsonFile: values.json,
    profileDirectory: values.profile,
  };
}

function items(values: readonly string[] | undefined): readonly string[] | undefined {
  return values?.flatMap((value) => value.split(','));
}

function chosen<Name extends string>(values: readonly string[] | undefined, known: readonly Name[]): readonly Name[] {
  const wanted = items(values);
  const unknown = wanted?.find((name) => !known.some((each) => each === name));
  if (unknown !== undefined) throw new Error(`"${unknown}" is not one of ${known.join(', ')}`);
  return wanted === undefined ? known : known.filter((name) => wanted.includes(name));
}

function positive(text: string): number {
  const value = Number(text.replaceAll('_', ''));
  if (!(value > 0 && Number.isFinite(value))) throw new Error(`"${text}" is not a number above 0`);
  return value;
}
