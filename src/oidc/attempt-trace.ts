import type { Fact, StepFacts } from '../contract/attempt-facts.ts';
import type { AttemptStepName, StepOutcome } from '../contract/login-attempts.ts';
import type { Clock } from '../kernel/clock.ts';

export interface TracedStep {
  readonly name: AttemptStepName;
  readonly outcome: Exclude<StepOutcome, 'failed'>;
  /** The time since the step before it. */
  readonly durationMs: number;
  readonly expected?: Fact | undefined;
  readonly found?: Fact | undefined;
}

/** The steps of one sign-in so far. They are only for the record, and no decision depends on them. */
export interface AttemptTrace {
  readonly steps: readonly TracedStep[];
  passed<Name extends AttemptStepName>(name: Name, facts?: StepFacts<Name>): void;
  /** The step was not needed, or it was not possible and the sign-in does without it. */
  skipped<Name extends AttemptStepName>(name: Name, facts?: StepFacts<Name>): void;
  /** The time since the last step ended: how long the step that is running, or that failed, has taken. */
  sinceLastMs(): number;
  /** A copy that continues on its own, for a transaction that may be tried again. */
  fork(): AttemptTrace;
}

/** A trace that keeps nothing, for callers that do not need one. */
export const silentTrace: AttemptTrace = {
  steps: [],
  passed: () => undefined,
  skipped: () => undefined,
  sinceLastMs: () => 0,
  fork: () => silentTrace,
};

/** Each step happens at most once. The limit keeps a mistake from growing a record without bound. */
const stepsMax = 64;

/** Starts the trace of a sign-in. `before` holds the steps of the request that started it. */
export function createTrace(clock: Clock, before: readonly TracedStep[] = []): AttemptTrace {
  return traceFrom(before, clock.nowMs(), clock);
}

function traceFrom(before: readonly TracedStep[], startMs: number, clock: Clock): AttemptTrace {
  const steps = [...before];
  let lastMs = startMs;
  const add = (name: AttemptStepName, outcome: TracedStep['outcome'], facts: StepFacts = {}) => {
    const nowMs = clock.nowMs();
    const durationMs = Math.max(0, nowMs - lastMs);
    if (steps.length < stepsMax) steps.push({ name, outcome, durationMs, ...facts });
    lastMs = nowMs;
  };
  return {
    steps,
    passed: (name, facts) => add(name, 'passed', facts),
    skipped: (name, facts) => add(name, 'skipped', facts),
    sinceLastMs: () => Math.max(0, clock.nowMs() - lastMs),
    fork: () => traceFrom(steps, lastMs, clock),
  };
}
