import { join } from 'node:path';

import { freePort } from '../test/support/free-port.ts';
import { connect, type Call, type Connections } from './browser.ts';
import { flows, type FlowContext } from './flows.ts';
import type { BenchOptions, EngineName } from './options.ts';
import { organizationIdOf, populationOf, visitor } from './population.ts';
import { startPostgres } from './postgres.ts';
import { startSubject, type RunningSubject } from './running-subject.ts';
import { startServer } from './server-process.ts';
import { median, percentile } from './statistics.ts';
import { sallyport } from './subject-sallyport.ts';

/** How many requests are sent at once. */
const costlyAtOnce = 60;
/** The limit for a sign-in beside them, as a multiple of a sign-in alone. */
const ratioMax = 2;
const signInsPerBurst = 5;
const warmUps = 100;
/** Expensive work has a low priority, so it takes long on a busy machine. */
const costlyDeadlineMs = 120_000;

type CostlyName = 'wrong passwords' | 'refused configurations';

interface Figures {
  readonly engine: EngineName;
  readonly costly: CostlyName;
  /** Durations of sign-ins, ascending. */
  readonly aloneMs: Float64Array;
  readonly besideMs: Float64Array;
}

/**
 * Measures a member's sign-in alone, and beside sixty expensive requests. Resolves with 1 if the median beside them is
 * more than twice
 * the median alone.
 */
export async function measureBeside(options: BenchOptions, directory: string): Promise<number> {
  const postgres = options.engines.includes('postgres') ? await startPostgres() : undefined;
  const idp = await startServer({
    file: join(import.meta.dirname, 'fake-idp.ts'),
    environment: {},
    logFile: join(directory, 'fake-idp.log'),
  });
  const figures: Figures[] = [];
  try {
    for (const engine of options.engines) {
      const database =
        engine === 'sqlite'
          ? `sqlite:${join(directory, 'beside', 'bench.db')}`
          : await postgres?.createDatabase('beside');
      const port = await freePort();
      const site = {
        databaseUrl: database ?? '',
        port,
        origin: `http://127.0.0.1:${port}`,
        idpOrigin: idp.origin,
        population: populationOf(10, 10),
        directory: join(directory, `beside-${engine}`),
      };
      const running = await startSubject(sallyport, site, { starts: 1, profileDirectory: options.profileDirectory });
      try {
        figures.push(...(await measureEngine(running, engine, options.rounds)));
      } finally {
        await running.stop();
      }
    }
  } finally {
    await idp.stop();
    await postgres?.stop();
  }
  process.stdout.write(report(figures));
  return figures.some((each) => ratioOf(each) > ratioMax) ? 1 : 0;
}

async function measureEngine(running: RunningSubject, engine: EngineName, rounds: number): Promise<Figures[]> {
  const { site, adminToken } = running;
  const subject = connect(site.origin, 1);
  const idp = connect(site.idpOrigin, 1);
  const crowd = connect(site.origin, costlyAtOnce, costlyDeadlineMs);
  const context = { subject, subjectOrigin: site.origin, idp, idpOrigin: site.idpOrigin, adminToken };
  let tickets = 0;
  const signIn = async () => timed(flows['sign-in'](context, visitor(site.population, 'known', (tickets += 1)), 0));
  try {
    for (let count = 0; count < warmUps; count += 1) await signIn();
    const figures: Figures[] = [];
    for (const costly of ['wrong passwords', 'refused configurations'] as const) {
      await sendAtOnce(crowd, context, costly);
      const alone: number[] = [];
      const beside: number[] = [];
      for (let burst = 0; burst < rounds * 10; burst += 1) {
        for (let count = 0; count < signInsPerBurst; count += 1) alone.push(await signIn());
        const costlyRequests = sendAtOnce(crowd, context, costly);
        for (let count = 0; count < signInsPerBurst; count += 1) beside.push(await signIn());
        await costlyRequests;
      }
      figures.push({ engine, costly, aloneMs: sorted(alone), besideMs: sorted(beside) });
    }
    return figures;
  } finally {
    await Promise.all([subject.close(), idp.close(), crowd.close()]);
  }
}

async function sendAtOnce(crowd: Connections, context: FlowContext, costly: CostlyName): Promise<void> {
  const calls = Array.from({ length: costlyAtOnce }, (_, index) => costlyCall(context, costly, index));
  const answers = await Promise.all(calls.map(async (call) => crowd.send(call)));
  const expected = costly === 'wrong passwords' ? [401, 429] : [409, 429];
  const strange = answers.find(({ status }) => !expected.includes(status));
  if (strange !== undefined) throw new Error(`${costly}: ${strange.status} ${strange.body.slice(0, 300)}`);
}

function costlyCall({ adminToken, idpOrigin }: FlowContext, costly: CostlyName, index: number): Call {
  if (costly === 'wrong passwords') {
    const json = { email: `nobody${index}@bench.example`, password: 'wrong' };
    return { method: 'POST', path: '/api/v3/auth/login', json };
  }
  const json = {
    organizationId: organizationIdOf(1),
    configurationType: 'discoveryURL',
    discoveryURL: `${idpOrigin}/t/1`,
    clientId: 'bench-client',
    tokenEndpointAuthMethod: 'private_key_jwt',
    isActive: true,
  };
  const headers = { authorization: `Bearer ${adminToken}` };
  return { method: 'POST', path: '/api/v1/sso/oidc/config', headers, json };
}

async function timed(work: Promise<void>): Promise<number> {
  const startMs = performance.now();
  await work;
  return performance.now() - startMs;
}

function sorted(values: readonly number[]): Float64Array {
  return Float64Array.from(values).toSorted();
}

function ratioOf({ aloneMs, besideMs }: Figures): number {
  return median([...besideMs]) / median([...aloneMs]);
}

function report(figures: readonly Figures[]): string {
  const ms = (value: number) => value.toFixed(1);
  const rows = figures.map((each) => {
    const times = [each.aloneMs, each.besideMs].flatMap((of) => [median([...of]), percentile(of, 0.95)]).map(ms);
    return `| ${[each.engine, `${costlyAtOnce} ${each.costly}`, ...times, ratioOf(each).toFixed(2)].join(' | ')} |`;
  });
  const head = ['engine', 'beside', 'alone, median ms', 'p95', 'beside, median ms', 'p95', 'ratio of medians'];
  return `${[`| ${head.join(' | ')} |`, `|${' --- |'.repeat(head.length)}`, ...rows].join('\n')}\n`;
}
