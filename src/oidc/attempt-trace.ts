import type { AttemptStepName, StepOutcome } from '../contract/login-attempts.ts';
import type { Clock } from '../kernel/clock.ts';

/**
 * What a step expected and what it found, in words that its record may keep. Each is written by the step itself: an
 * issuer, a client id, an algorithm, a time, a count, the domain of an address. Never a token, a secret, a code, a
 * `state`, a subject, a name or a whole claim set; of such it says whether it was there and whether it was the same.
 */
export interface StepFacts {
  readonly expected?: string | undefined;
  readonly found?: string | undefined;
}

export interface TracedStep extends StepFacts {
  readonly name: AttemptStepName;
  readonly outcome: Exclude<StepOutcome, 'failed'>;
  /** Since the step before it. */
  readonly durationMs: number;
}

/** What one sign-in has gone through so far. Nothing is decided by it: it is there to be read afterwards. */
export interface AttemptTrace {
  readonly steps: readonly TracedStep[];
  passed(name: AttemptStepName, facts?: StepFacts): void;
  /** The step was not needed, or not possible and done without. */
  skipped(name: AttemptStepName, facts?: StepFacts): void;
  /** How long ago the last step ended: what the one that is under way, or that failed, has taken. */
  sinceLastMs(): number;
  /** One that goes on from here by itself, for what may be tried more than once. */
  fork(): AttemptTrace;
}

/** Keeps nothing: for whoever does not want to read it. */
export const silentTrace: AttemptTrace = {
  steps: [],
  passed: () => undefined,
  skipped: () => undefined,
  sinceLastMs: () => 0,
  fork: () => silentTrace,
};

/** A step happens at most once; this is only so that no fault can make a record grow. */
const stepsMax = 64;

/** The trace of a sign-in, which may have begun with another request. */
export function createTrace(clock: Clock, before: readonly TracedStep[] = []): AttemptTrace {
  return traceFrom(before, clock.nowMs(), clock);
}

function traceFrom(before: readonly TracedStep[], startMs: number, clock: Clock): AttemptTrace {
  const steps = [...before];
  let lastMs = startMs;
  const add = (name: AttemptStepName, outcome: TracedStep['outcome'], { expected, found }: StepFacts) => {
    const nowMs = clock.nowMs();
    const durationMs = Math.max(0, nowMs - lastMs);
    if (steps.length < stepsMax) steps.push({ name, outcome, durationMs, expected, found });
    lastMs = nowMs;
  };
  return {
    steps,
    passed: (name, facts = {}) => add(name, 'passed', facts),
    skipped: (name, facts = {}) => add(name, 'skipped', facts),
    sinceLastMs: () => Math.max(0, clock.nowMs() - lastMs),
    fork: () => traceFrom(steps, lastMs, clock),
  };
}
