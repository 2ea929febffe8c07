import { join } from 'node:path';

import type { Machine } from './machine.ts';
import type { Footprint, Measurements, Phase } from './measurement.ts';
import type { BenchOptions } from './options.ts';
import { readProfiles } from './profile.ts';
import { flatness, startMs, summarise, type Summary } from './summary.ts';

type Cell = string | number;

const profilePartsMax = 25;

interface SignInTable {
  readonly phase: Phase;
  readonly concurrency: number;
  readonly title: string;
}

const signInTables: readonly SignInTable[] = [
  { phase: 'known people', concurrency: 32, title: 'Sign-ins of known users, 32 at a time' },
  { phase: 'known people', concurrency: 1, title: 'Sign-ins of known users, one at a time' },
  { phase: 'first sign-ins', concurrency: 32, title: 'First sign-ins, 32 at a time' },
  {
    phase: 'cold organizations',
    concurrency: 32,
    title: 'Sign-ins to organizations without a sign-in since the start, 32 at a time',
  },
];

/** The measurements as Markdown, ready for the documentation. */
export function report(measurements: Measurements, machine: Machine, options: BenchOptions): string {
  const summaries = summarise(measurements);
  const sections = [
    conditions(machine, options),
    ...signInTables.flatMap((table) => signInTable(summaries, table)),
    ...flatnessTable(summaries),
    ...configTable(summaries),
    ...footprintTable(measurements.footprints),
    ...ownCostTable(summaries),
    ...(options.profileDirectory === undefined ? [] : profileTables(options.profileDirectory, options.subjects)),
  ];
  return `${sections.join('\n\n')}\n`;
}

function conditions(machine: Machine, options: BenchOptions): string {
  const postgres = machine.postgres === undefined ? '' : `, PostgreSQL ${machine.postgres}`;
  return [
    `Measured ${machine.takenAt} on ${machine.cores} cores (${machine.cpu}), ${machine.memoryGib} GiB of memory, Linux`,
    `${machine.kernel}, Node ${machine.node}${postgres}, ${machine.betterAuth}; load average before: ${fixed(machine.loadBefore, 2)}.`,
    `Medians of ${options.rounds} rounds of ${options.seconds} s each. The servers take turns within a round, and ratios are`,
    `medians of the ratios within a round. At most ${options.activeOrganizationsMax} organizations, spread evenly, have`,
    'sign-ins. All processes (server, driver, fake identity provider, PostgreSQL) share the cores, so sign-ins',
    'per second depend on all of them. Compare the CPU milliseconds.',
  ].join('\n');
}

function signInTable(all: readonly Summary[], { phase, concurrency, title }: SignInTable): readonly string[] {
  const rows = all.filter((each) => each.phase === phase && each.concurrency === concurrency);
  const header = [
    'engine',
    'organizations',
    'server',
    'sign-ins/s',
    'CPU ms',
    'PostgreSQL CPU ms',
    'p50 ms',
    'p95 ms',
    'p99 ms',
    '÷ floor',
    'better-auth ÷ this',
  ];
  const cells = rows.map((each) => [
    each.engine,
    each.organizations.toLocaleString('en'),
    each.subject,
    fixed(each.perSecond, 0),
    fixed(each.serverMs, 2),
    each.engine === 'postgres' ? fixed(each.postgresMs, 2) : '',
    fixed(each.p50Ms, 1),
    fixed(each.p95Ms, 1),
    fixed(each.p99Ms, 1),
    each.subject === 'floor' ? '' : fixed(each.timesFloor, 2),
    each.subject === 'better-auth' ? '' : fixed(each.betterAuthTimes, 1),
  ]);
  return section(title, header, cells);
}

function flatnessTable(all: readonly Summary[]): readonly string[] {
  const rows = flatness(all).filter(({ ratios }) => ratios.length > 1);
  const sizes = rows[0]?.ratios ?? [];
  const header = ['engine', 'server', ...sizes.map((each) => each.organizations.toLocaleString('en'))];
  const cells = rows.map(({ engine, subject, ratios }) => [
    engine,
    subject,
    ...ratios.map(({ ratio }) => fixed(ratio, 2)),
  ]);
  return section('CPU for a sign-in of a known user, by number of organizations (the smallest is 1)', header, cells);
}

function configTable(all: readonly Summary[]): readonly string[] {
  const rows = all.filter((each) => each.phase === 'config reads' || each.phase === 'config writes');
  const header = [
    'engine',
    'organizations',
    'what',
    'per second',
    'CPU ms',
    'PostgreSQL CPU ms',
    'p50 ms',
    'p95 ms',
    'p99 ms',
  ];
  const cells = rows.map((each) => [
    each.engine,
    each.organizations.toLocaleString('en'),
    each.phase,
    fixed(each.perSecond, 0),
    fixed(each.serverMs, 3),
    each.engine === 'postgres' ? fixed(each.postgresMs, 3) : '',
    fixed(each.p50Ms, 1),
    fixed(each.p95Ms, 1),
    fixed(each.p99Ms, 1),
  ]);
  return section("Sallyport's configuration API, 32 at a time", header, cells);
}

function footprintTable(footprints: readonly Footprint[]): readonly string[] {
  const header = [
    'engine',
    'organizations',
    'server',
    'start ms',
    'RSS at rest',
    'PSS at rest',
    'RSS peak',
    'PSS peak',
  ];
  const cells = footprints.map((each) => [
    each.engine,
    each.organizations.toLocaleString('en'),
    each.subject,
    fixed(startMs(each), 0),
    fixed(each.atRest.rssMib, 0),
    fixed(each.atRest.pssMib, 0),
    fixed(each.peak.rssMib, 0),
    fixed(each.peak.pssMib, 0),
  ]);
  return section('Start (spawn to `listening on`) and memory (MiB)', header, cells);
}

function ownCostTable(all: readonly Summary[]): readonly string[] {
  const rows = all.filter((each) => each.phase === 'known people' && each.concurrency > 1);
  const header = [
    'engine',
    'organizations',
    'beside',
    'fake identity provider CPU ms',
    'driver CPU ms',
    'token requests',
    'JWK Set requests',
    'discovery requests',
  ];
  const cells = rows.map((each) => [
    each.engine,
    each.organizations.toLocaleString('en'),
    each.subject,
    fixed(each.idpMs, 2),
    fixed(each.driverMs, 2),
    fixed(each.idpCalls.token, 2),
    fixed(each.idpCalls.jwks, 2),
    fixed(each.idpCalls.discovery, 2),
  ]);
  return section(
    'The cost of the measurement for a sign-in, and the server’s requests to the identity provider',
    header,
    cells,
  );
}

function profileTables(directory: string, subjects: readonly string[]): readonly string[] {
  return subjects.flatMap((subject) => {
    const parts = readProfiles(join(directory, subject)).slice(0, profilePartsMax);
    const cells = parts.map(({ part, share }) => [part, `${fixed(share * 100, 1)} %`]);
    return section(`Where the CPU time of ${subject} went, by the code that ran`, ['part', 'share'], cells);
  });
}

function section(title: string, header: readonly string[], rows: readonly (readonly Cell[])[]): readonly string[] {
  if (rows.length === 0) return [];
  const lines = [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [`### ${title}`, lines.join('\n')];
}

function fixed(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '';
}
