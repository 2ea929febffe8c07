import type { Flow, FlowContext } from './flows.ts';
import { visitor, type Crowd, type Population } from './population.ts';
import { percentile } from './statistics.ts';

/** A load: `concurrency` workers that each do one unit after the other. */
export interface LoadShape {
  readonly concurrency: number;
  /** No unit starts after this time ... */
  readonly seconds: number;
  /** ... or after this many. */
  readonly unitsMax: number;
  readonly crowd: Crowd;
  readonly population: Population;
  /** The first visitor's ticket: new users must be new in every round. */
  readonly firstTicket: number;
}

export interface LoadResult {
  readonly completed: number;
  readonly failed: number;
  readonly firstError: string | null;
  readonly seconds: number;
  /** Milliseconds from a unit's first request to its last response. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

// A run in which nothing works ends soon.
const failuresMax = 50;

/** Runs a load to its end. Failures are counted, and the first one is reported. */
export async function runLoad(flow: Flow, context: FlowContext, shape: LoadShape): Promise<LoadResult> {
  const latenciesMs: number[] = [];
  let begun = 0;
  let failed = 0;
  let firstError: string | null = null;
  const startMs = performance.now();
  const endMs = startMs + shape.seconds * 1000;

  const work = async (): Promise<void> => {
    while (begun < shape.unitsMax && failed < failuresMax && performance.now() < endMs) {
      const ticket = shape.firstTicket + begun;
      begun += 1;
      const unitStartMs = performance.now();
      try {
        await flow(context, visitor(shape.population, shape.crowd, ticket), ticket);
        latenciesMs.push(performance.now() - unitStartMs);
      } catch (error) {
        failed += 1;
        firstError ??= String(error);
      }
    }
  };
  await Promise.all(Array.from({ length: shape.concurrency }, work));

  const seconds = (performance.now() - startMs) / 1000;
  const sorted = Float64Array.from(latenciesMs).toSorted();
  const at = (share: number): number => percentile(sorted, share);
  const completed = latenciesMs.length;
  return { completed, failed, firstError, seconds, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) };
}
