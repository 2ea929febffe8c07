import { join } from 'node:path';

import type { Driver } from './driver-process.ts';
import type { FlowName } from './flows.ts';
import type { IdpCalls, Measurements, Phase, Sample } from './measurement.ts';
import type { BenchOptions, EngineName } from './options.ts';
import { coldVisitorsMax, populationOf, type Crowd, type Population } from './population.ts';
import type { Postgres } from './postgres.ts';
import { cpuMs } from './process-tree.ts';
import { startSubject, type RunningSubject } from './running-subject.ts';
import { freePort } from '../test/support/free-port.ts';
import type { ServerProcess } from './server-process.ts';
import type { Subject } from './subject.ts';

/** The context of a whole run. */
export interface Stage {
  readonly options: BenchOptions;
  readonly directory: string;
  readonly idp: ServerProcess;
  readonly driver: Driver;
  /** Absent when only SQLite is measured. */
  readonly postgres: Postgres | undefined;
  tell(line: string): void;
}

interface Work {
  readonly phase: Phase;
  /** The default is the subject's own way of signing in. */
  readonly flow?: FlowName;
  readonly crowd: Crowd;
  readonly concurrency: number;
  readonly seconds: number;
  /** The default is as many as the time allows. */
  readonly unitsMax?: number;
}

const memoryLookMs = 500;
const manyAtOnce = 32;
const firstVisitsSecondsMax = 60;
// For a server that responds faster than it can.
const unitsAtMost = 1_000_000;
// With fewer unused organizations, a fast server would use all of them within a round.
const coldVisitorsMin = 20_000;

/** Measures all subjects on one engine with one number of organizations. */
export async function measureSetting(
  stage: Stage,
  subjects: readonly Subject[],
  { engine, organizations }: { engine: EngineName; organizations: number },
): Promise<Measurements> {
  const population = populationOf(organizations, stage.options.activeOrganizationsMax);
  const running: RunningSubject[] = [];
  const databases: string[] = [];
  try {
    for (const subject of subjects) {
      const name = `${subject.name}_${organizations}`.replace('-', '_');
      const database = await emptyDatabase(stage, engine, name);
      if (engine === 'postgres') databases.push(name);
      stage.tell(`${engine}, ${organizations} organizations: filling and starting ${subject.name}`);
      running.push(await start(stage, subject, { name: `${engine}-${name}`, database, population }));
    }
    const samples = await measureRounds(stage, running, { engine, population });
    const footprints = running.map(({ subject, startedInMs, atRest, peak }) => {
      return { subject: subject.name, engine, organizations, startedInMs, atRest, peak: peak() };
    });
    return { samples, footprints };
  } finally {
    for (const each of running) await each.stop();
    for (const name of databases) await stage.postgres?.dropDatabase(name);
  }
}

async function emptyDatabase(stage: Stage, engine: EngineName, name: string): Promise<string> {
  if (engine === 'sqlite') return `sqlite:${join(stage.directory, `sqlite-${name}`, 'bench.db')}`;
  if (stage.postgres === undefined) throw new Error('PostgreSQL was not started');
  return stage.postgres.createDatabase(name);
}

async function start(
  stage: Stage,
  subject: Subject,
  place: { name: string; database: string; population: Population },
): Promise<RunningSubject> {
  const port = await freePort();
  const site = {
    databaseUrl: place.database,
    port,
    origin: `http://127.0.0.1:${port}`,
    idpOrigin: stage.idp.origin,
    population: place.population,
    directory: join(stage.directory, place.name),
  };
  return startSubject(subject, site, stage.options);
}

// In each round one subject after the other, so that changes on the machine affect all of them. Configurations are
// written last,
// because a changed configuration makes the next sign-in slower.
async function measureRounds(
  stage: Stage,
  running: readonly RunningSubject[],
  setting: { engine: EngineName; population: Population },
): Promise<readonly Sample[]> {
  const { population } = setting;
  const measure = createMeasure(stage, setting);
  for (const each of running) await warmUp(measure, each, { seconds: stage.options.warmUpSeconds, population });
  const administered = running.filter((each) => each.adminToken !== '');
  const passes = [
    { title: 'sign-ins', subjects: running, works: signIns(stage.options) },
    { title: 'cold organizations', subjects: running, works: coldSignIns(stage.options, population) },
    { title: 'configuration API', subjects: administered, works: configCalls(stage.options) },
  ];
  const samples: Sample[] = [];
  for (const { title, subjects, works } of passes.filter((pass) => pass.subjects.length > 0 && pass.works.length > 0)) {
    for (let round = 1; round <= stage.options.rounds; round += 1) {
      stage.tell(`${setting.engine}, ${population.organizations} organizations: ${title}, round ${round}`);
      for (const work of works) {
        for (const subject of subjects) samples.push(await measure(subject, work, round));
      }
    }
  }
  return samples;
}

// Until every active organization had a sign-in, so that none is new, and at least for the given time.
async function warmUp(
  measure: Measure,
  running: RunningSubject,
  { seconds, population }: { seconds: number; population: Population },
): Promise<void> {
  const work = { phase: 'known people', crowd: 'known', concurrency: manyAtOnce } as const;
  const once = { ...work, seconds: firstVisitsSecondsMax, unitsMax: population.active };
  const { load } = await measure(running, once, 0);
  if (load.seconds < seconds) await measure(running, { ...work, seconds: seconds - load.seconds }, 0);
}

function signIns({ seconds }: BenchOptions): readonly Work[] {
  return [
    { phase: 'known people', crowd: 'known', concurrency: 1, seconds },
    { phase: 'known people', crowd: 'known', concurrency: manyAtOnce, seconds },
    { phase: 'first sign-ins', crowd: 'new', concurrency: manyAtOnce, seconds },
  ];
}

// After the other sign-ins, because they evict the active organizations from a server's caches.
function coldSignIns({ seconds }: BenchOptions, population: Population): readonly Work[] {
  if (coldVisitorsMax(population) < coldVisitorsMin) return [];
  return [{ phase: 'cold organizations', crowd: 'cold', concurrency: manyAtOnce, seconds }];
}

function configCalls({ seconds }: BenchOptions): readonly Work[] {
  const shape = { crowd: 'known', concurrency: manyAtOnce, seconds } as const;
  return [
    { ...shape, phase: 'config reads', flow: 'config-read' },
    { ...shape, phase: 'config writes', flow: 'config-write' },
  ];
}

type Measure = (running: RunningSubject, work: Work, round: number) => Promise<Sample>;

// Counts the visitors so far, so that a new user is new in every round.
function createMeasure(stage: Stage, { engine, population }: { engine: EngineName; population: Population }): Measure {
  const nextTickets = new Map<string, number>();
  const { driver, idp, postgres } = stage;
  return async (running, { phase, flow, crowd, concurrency, seconds, unitsMax = unitsAtMost }, round) => {
    const queue = `${running.subject.name} ${crowd}`;
    const firstTicket = nextTickets.get(queue) ?? 0;
    const pids = [running.pid, postgres?.pid, idp.pid, driver.pid];
    const usedMs = (): number[] => pids.map((pid) => (pid === undefined ? 0 : cpuMs(pid)));
    const look = setInterval(running.observe, memoryLookMs);
    const callsBefore = await idpCallsSoFar(idp);
    const before = usedMs();
    const load = await driver
      .run({
        flow: flow ?? running.subject.signIn,
        subjectOrigin: running.site.origin,
        idpOrigin: idp.origin,
        adminToken: running.adminToken,
        shape: { concurrency, seconds, unitsMax, crowd, population, firstTicket },
      })
      .finally(() => clearInterval(look));
    const [serverMs = 0, postgresMs = 0, idpMs = 0, driverMs = 0] = usedMs().map((ms, i) => ms - (before[i] ?? 0));
    const calls = await idpCallsSoFar(idp);
    running.observe();
    nextTickets.set(queue, firstTicket + load.completed + load.failed);
    const cpu = { serverMs, postgresMs, idpMs, driverMs };
    const idpCalls = {
      discovery: calls.discovery - callsBefore.discovery,
      jwks: calls.jwks - callsBefore.jwks,
      token: calls.token - callsBefore.token,
    };
    const { organizations } = population;
    return { subject: running.subject.name, engine, organizations, phase, concurrency, round, load, cpu, idpCalls };
  };
}

async function idpCallsSoFar(idp: ServerProcess): Promise<IdpCalls> {
  const response = await fetch(`${idp.origin}/counts`);
  return JSON.parse(await response.text());
}
