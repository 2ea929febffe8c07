import { circuitFailuresMax, circuitWindowMs, circuitOpenMs } from './limits.ts';

/**
 * The state of one endpoint of one organization. `closed`: it is called, and the latest consecutive failures are
 * remembered. `open`: it is not called until a time. `half-open`: one call checks whether it responds again, and no other
 * is made.
 */
export type Circuit =
  | { readonly state: 'closed'; readonly failedAt: readonly number[] }
  | { readonly state: 'open'; readonly untilMs: number }
  | { readonly state: 'half-open' };

/** What a call says about the endpoint: it responds, it does not (or says that it cannot), or nothing. */
export type CallOutcome =
  | { readonly kind: 'answered' }
  | { readonly kind: 'failed' }
  /** The endpoint asked to be paused until then. */
  | { readonly kind: 'asked_to_wait'; readonly untilMs: number }
  | { readonly kind: 'nothing_learned' };

/** Whether a call may start now, and as what. */
export type Permit = 'call' | 'probe' | 'refused';

/** A circuit without failures. */
export const closedCircuit: Circuit = { state: 'closed', failedAt: [] };

/** Decides about a call. A call that starts as `probe` changes the circuit with {@link halfOpen}. */
export function permitOf(circuit: Circuit, nowMs: number): Permit {
  switch (circuit.state) {
    case 'closed':
      return 'call';
    case 'open':
      return nowMs >= circuit.untilMs ? 'probe' : 'refused';
    case 'half-open':
      return 'refused';
    default:
      return circuit satisfies never;
  }
}

export const halfOpen: Circuit = { state: 'half-open' };

/**
 * The circuit after a call. A response closes it. It opens after `circuitFailuresMax` consecutive failures within
 * `circuitWindowMs`, and again after a failed probe. A call that started before it opened and fails later changes
 * nothing.
 */
export function afterCall(
  circuit: Circuit,
  { permit, outcome, nowMs }: { readonly permit: 'call' | 'probe'; readonly outcome: CallOutcome; nowMs: number },
): Circuit {
  switch (outcome.kind) {
    case 'answered':
      return closedCircuit;
    case 'asked_to_wait':
      return { state: 'open', untilMs: outcome.untilMs };
    case 'failed':
      return permit === 'probe' ? { state: 'open', untilMs: nowMs + circuitOpenMs } : afterFailure(circuit, nowMs);
    case 'nothing_learned':
      // The next caller is the next probe.
      return permit === 'probe' ? { state: 'open', untilMs: nowMs } : circuit;
    default:
      return outcome satisfies never;
  }
}

function afterFailure(circuit: Circuit, nowMs: number): Circuit {
  if (circuit.state !== 'closed') return circuit;
  const failedAt = [...circuit.failedAt.filter((at) => nowMs - at < circuitWindowMs), nowMs];
  return failedAt.length >= circuitFailuresMax
    ? { state: 'open', untilMs: nowMs + circuitOpenMs }
    : { state: 'closed', failedAt };
}
