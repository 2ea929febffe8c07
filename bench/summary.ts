import type { Footprint, IdpCalls, Measurements, Phase, Sample, Setting } from './measurement.ts';
import type { EngineName, SubjectName } from './options.ts';
import { median, medianRatio } from './statistics.ts';

/** The medians over all rounds of one subject in one setting and phase. */
export interface Summary extends Setting {
  readonly phase: Phase;
  readonly concurrency: number;
  readonly perSecond: number;
  /** CPU milliseconds for one unit, of the server's process tree. */
  readonly serverMs: number;
  readonly postgresMs: number;
  readonly idpMs: number;
  readonly driverMs: number;
  /** Requests to the identity provider for one unit. */
  readonly idpCalls: IdpCalls;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** The server's CPU for one unit, divided by that of the floor in the same round. */
  readonly timesFloor: number;
  /** better-auth's CPU for one unit, divided by this server's in the same round. */
  readonly betterAuthTimes: number;
}

/** One row for each combination that was measured, in the order in which they came. */
export function summarise({ samples }: Measurements): readonly Summary[] {
  const groups = Map.groupBy(samples, keyOf);
  return Array.from(groups.values()).flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { subject, engine, organizations, phase, concurrency } = first;
    const beside = (name: SubjectName): readonly number[] =>
      (groups.get(keyOf({ subject: name, engine, organizations, phase, concurrency })) ?? []).map(serverMsPerUnit);
    const own = group.map(serverMsPerUnit);
    const mid = (value: (sample: Sample) => number): number => median(group.map(value));
    return {
      subject,
      engine,
      organizations,
      phase,
      concurrency,
      perSecond: mid(({ load }) => load.completed / load.seconds),
      serverMs: median(own),
      postgresMs: mid(({ cpu, load }) => cpu.postgresMs / load.completed),
      idpMs: mid(({ cpu, load }) => cpu.idpMs / load.completed),
      driverMs: mid(({ cpu, load }) => cpu.driverMs / load.completed),
      idpCalls: {
        discovery: mid(({ idpCalls, load }) => idpCalls.discovery / load.completed),
        jwks: mid(({ idpCalls, load }) => idpCalls.jwks / load.completed),
        token: mid(({ idpCalls, load }) => idpCalls.token / load.completed),
      },
      p50Ms: mid(({ load }) => load.p50Ms),
      p95Ms: mid(({ load }) => load.p95Ms),
      p99Ms: mid(({ load }) => load.p99Ms),
      timesFloor: medianRatio(own, beside('floor')),
      betterAuthTimes: medianRatio(beside('better-auth'), own),
    };
  });
}

function serverMsPerUnit({ cpu, load }: Sample): number {
  return cpu.serverMs / load.completed;
}

function keyOf(sample: Omit<Sample, 'round' | 'load' | 'cpu' | 'idpCalls'>): string {
  const { subject, engine, organizations, phase, concurrency } = sample;
  return [subject, engine, organizations, phase, concurrency].join('|');
}

/** Of one subject on one engine: CPU for a sign-in of someone known at each size, divided by that at the smallest. */
export interface Flatness {
  readonly subject: SubjectName;
  readonly engine: EngineName;
  readonly ratios: readonly { organizations: number; ratio: number }[];
}

/** How the cost of a sign-in at concurrency 32 changes with the number of organizations. */
export function flatness(summaries: readonly Summary[]): readonly Flatness[] {
  const busy = summaries.filter((each) => each.phase === 'known people' && each.concurrency > 1);
  return Array.from(Map.groupBy(busy, ({ subject, engine }) => `${subject}|${engine}`).values()).flatMap((group) => {
    const [smallest] = group;
    if (smallest === undefined) return [];
    const ratios = group.map(({ organizations, serverMs }) => ({ organizations, ratio: serverMs / smallest.serverMs }));
    return [{ subject: smallest.subject, engine: smallest.engine, ratios }];
  });
}

/** Loads in which something failed. A run with any has no result. */
export function failures({ samples }: Measurements): readonly string[] {
  return samples
    .filter(({ load }) => load.failed > 0 || load.completed === 0)
    .map(({ subject, engine, organizations, phase, load }) => {
      const what = `${subject}, ${engine}, ${organizations} organizations, ${phase}`;
      return `${what}: ${load.failed} failed, ${load.completed} did not; first: ${load.firstError ?? 'nothing was done'}`;
    });
}

/** The footprint's start: the median of all starts, in milliseconds. */
export function startMs({ startedInMs }: Footprint): number {
  return median(startedInMs);
}
