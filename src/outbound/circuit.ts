import { circuitFailuresMax, circuitWindowMs, circuitOpenMs } from './limits.ts';

/**
 * What is known of one endpoint of one organization. `closed`: it is called, and the recent calls in a row that failed
 * are remembered. `open`: it is not called until a moment. `probing`: one call finds out whether it answers again, and
 * no other is made meanwhile.
 */
export type Circuit =
  | { readonly state: 'closed'; readonly failedAt: readonly number[] }
  | { readonly state: 'open'; readonly untilMs: number }
  | { readonly state: 'probing' };

/** What a call said about the endpoint: it answers; it does not, or says that it cannot; or nothing at all. */
export type CallOutcome =
  | { readonly kind: 'answered' }
  | { readonly kind: 'failed' }
  /** The endpoint itself asks to be left alone until then. */
  | { readonly kind: 'asked_to_wait'; readonly untilMs: number }
  | { readonly kind: 'nothing_learned' };

/** Whether a call may be made now, and as what. */
export type Admission = 'call' | 'probe' | 'refused';

/** A circuit about which nothing bad is known. */
export const closedCircuit: Circuit = { state: 'closed', failedAt: [] };

/** Decides on a call; one admitted as `probe` moves the circuit with {@link probing}. */
export function admission(circuit: Circuit, nowMs: number): Admission {
  switch (circuit.state) {
    case 'closed':
      return 'call';
    case 'open':
      return nowMs >= circuit.untilMs ? 'probe' : 'refused';
    case 'probing':
      return 'refused';
    default:
      return circuit satisfies never;
  }
}

export const probing: Circuit = { state: 'probing' };

/**
 * The circuit after a call. Any answer closes it. It opens when `circuitFailuresMax` calls in a row have failed within
 * `circuitWindowMs`, and again when a probe fails; an ordinary call that was under way before it opened and fails later
 * changes nothing.
 */
export function afterCall(
  circuit: Circuit,
  { admitted, outcome, nowMs }: { readonly admitted: 'call' | 'probe'; readonly outcome: CallOutcome; nowMs: number },
): Circuit {
  switch (outcome.kind) {
    case 'answered':
      return closedCircuit;
    case 'asked_to_wait':
      return { state: 'open', untilMs: outcome.untilMs };
    case 'failed':
      return admitted === 'probe' ? { state: 'open', untilMs: nowMs + circuitOpenMs } : afterFailure(circuit, nowMs);
    case 'nothing_learned':
      // The next caller is the next probe.
      return admitted === 'probe' ? { state: 'open', untilMs: nowMs } : circuit;
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
