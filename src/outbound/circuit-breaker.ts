import type { Clock } from '../kernel/clock.ts';
import { permitOf, afterCall, type CallOutcome, type Circuit, closedCircuit, halfOpen } from './circuit.ts';
import { circuitsMax, retryAfterMsMax } from './limits.ts';
import { OutboundFailure, type OutboundFailureKind } from './outbound-failure.ts';
import type { OutboundResponse, OutboundRequest } from './outbound-request.ts';

/** Pauses requests to an endpoint that does not respond; see `circuit.ts` for the rules. */
export interface CircuitBreaker {
  /** @throws {@link OutboundFailure} `paused` while the endpoint is paused */
  requireClosed(request: OutboundRequest): void;
  /**
   * Makes a call and records its result.
   *
   * @throws {@link OutboundFailure} `paused` while the endpoint is paused, and the errors of the call
   */
  run(request: OutboundRequest, call: () => Promise<OutboundResponse>): Promise<OutboundResponse>;
}

/**
 * A circuit per connection, step and web origin: failures of one organization do not affect another, a hanging userinfo
 * endpoint does not affect the token endpoint, and an admin who corrects a URL need not wait. Circuits without failures
 * are dropped.
 */
export function createCircuitBreaker(clock: Clock): CircuitBreaker {
  const circuits = new Map<string, Circuit>();
  const read = (key: string) => circuits.get(key) ?? closedCircuit;
  const write = (key: string, circuit: Circuit) => {
    circuits.delete(key);
    if (circuit === closedCircuit) return;
    circuits.set(key, circuit);
    const [oldest] = circuits.keys();
    if (circuits.size > circuitsMax && oldest !== undefined) circuits.delete(oldest);
  };

  function admit(key: string, { step, url }: OutboundRequest): 'call' | 'probe' {
    const circuit = read(key);
    const permit = permitOf(circuit, clock.nowMs());
    if (permit === 'refused') {
      const until = circuit.state === 'open' ? { untilMs: circuit.untilMs } : {};
      throw new OutboundFailure('paused', { step, host: parsed(url).host, ...until });
    }
    return permit;
  }

  return {
    requireClosed: (request) => void admit(keyOf(request), request),
    run: async (request, call) => {
      const key = keyOf(request);
      const permit = admit(key, request);
      if (permit === 'probe') write(key, halfOpen);
      const learn = (outcome: CallOutcome) =>
        write(key, afterCall(read(key), { permit, outcome, nowMs: clock.nowMs() }));
      try {
        const answer = await call();
        learn(outcomeOfAnswer(answer, request, clock.nowMs()));
        return answer;
      } catch (thrown) {
        learn(outcomeOfFailure(thrown));
        throw thrown;
      }
    },
  };
}

function keyOf({ bulkhead, step, url }: OutboundRequest): string {
  return JSON.stringify([bulkhead, step, parsed(url).origin]);
}

function parsed(url: URL | string): URL {
  return typeof url === 'string' ? new URL(url) : url;
}

// A response to one user's code or token says nothing about the endpoint: some providers answer 500 to a code that they
// cannot read, and anyone can send such a code.
const provocable: ReadonlySet<string> = new Set(['token', 'userinfo']);

function outcomeOfAnswer({ status, headers }: OutboundResponse, { step }: OutboundRequest, nowMs: number): CallOutcome {
  if (status === 429 || status === 503) {
    const waitMs = retryAfterMs(headers.get('retry-after'), nowMs);
    if (waitMs !== undefined) return { kind: 'asked_to_wait', untilMs: nowMs + waitMs };
  }
  if (status === 429) return { kind: 'nothing_learned' };
  const isFailure = status >= 500 && !(status === 500 && provocable.has(step));
  return { kind: isFailure ? 'failed' : 'answered' };
}

function outcomeOfFailure(thrown: unknown): CallOutcome {
  return { kind: thrown instanceof OutboundFailure ? outcomes[thrown.kind] : 'nothing_learned' };
}

const outcomes = {
  // No response.
  address_refused: 'failed',
  dns_failed: 'failed',
  connect_failed: 'failed',
  proxy_failed: 'failed',
  timeout: 'failed',
  // A response that cannot be used.
  tls_failed: 'answered',
  too_large: 'answered',
  redirect: 'answered',
  encoded: 'answered',
  interim_responses: 'answered',
  bad_response: 'answered',
  // No request.
  url_refused: 'nothing_learned',
  busy: 'nothing_learned',
  paused: 'nothing_learned',
} as const satisfies Record<OutboundFailureKind, CallOutcome['kind']>;

/** The duration in `Retry-After` (RFC 9110, section 10.2.3), up to `retryAfterMsMax`; `undefined` without one. */
export function retryAfterMs(text: string | undefined, nowMs: number): number | undefined {
  const trimmed = text?.trim() ?? '';
  const ms = /^\d+$/.test(trimmed) ? Number(trimmed) * 1000 : Date.parse(trimmed) - nowMs;
  return ms > 0 ? Math.min(ms, retryAfterMsMax) : undefined;
}
