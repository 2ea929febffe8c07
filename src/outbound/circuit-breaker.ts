import { appError, isKnownError } from '../contract/errors.ts';
import type { Clock } from '../kernel/clock.ts';
import { admission, afterCall, type CallOutcome, type Circuit, closedCircuit, probing } from './circuit.ts';
import { circuitsMax, retryAfterMsMax } from './limits.ts';
import type { Answer, OutboundRequest } from './outbound-request.ts';

/** Keeps an endpoint that does not answer from being called again and again; see `circuit.ts` for when. */
export interface CircuitBreaker {
  /** @throws `idp_paused` while the endpoint is left alone */
  requireClosed(request: OutboundRequest): void;
  /**
   * Makes a call and learns from how it ends.
   *
   * @throws `idp_paused` while the endpoint is left alone, and what the call throws
   */
  run(request: OutboundRequest, call: () => Promise<Answer>): Promise<Answer>;
}

/**
 * A circuit for each organization, step and origin: one organization's failures say nothing about another's calls, a
 * userinfo endpoint that hangs does not keep anybody from the token endpoint, and an admin who corrects an address is
 * not kept waiting for what the old one did. Circuits that have nothing bad to tell are forgotten.
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
    const admitted = admission(circuit, clock.nowMs());
    if (admitted === 'refused') {
      const until = circuit.state === 'open' ? { until: new Date(circuit.untilMs).toISOString() } : {};
      throw appError('idp_paused', { meta: { step, host: parsed(url).host, ...until } });
    }
    return admitted;
  }

  return {
    requireClosed: (request) => void admit(keyOf(request), request),
    run: async (request, call) => {
      const key = keyOf(request);
      const admitted = admit(key, request);
      if (admitted === 'probe') write(key, probing);
      const learn = (outcome: CallOutcome) =>
        write(key, afterCall(read(key), { admitted, outcome, nowMs: clock.nowMs() }));
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

// What one person's code or token can bring about says nothing about the endpoint: some providers answer 500 to a code
// that they cannot read, and anybody can come back with such a code.
const provocable: ReadonlySet<string> = new Set(['token', 'userinfo']);

function outcomeOfAnswer({ status, headers }: Answer, { step }: OutboundRequest, nowMs: number): CallOutcome {
  if (status === 429 || status === 503) {
    const waitMs = retryAfterMs(headers.get('retry-after'), nowMs);
    if (waitMs !== undefined) return { kind: 'asked_to_wait', untilMs: nowMs + waitMs };
  }
  if (status === 429) return { kind: 'nothing_learned' };
  const isFailure = status >= 500 && !(status === 500 && provocable.has(step));
  return { kind: isFailure ? 'failed' : 'answered' };
}

// Nobody answered; or somebody did, although with what is not taken; or no call was made at all.
function outcomeOfFailure(thrown: unknown): CallOutcome {
  const code = isKnownError(thrown) ? thrown.code : undefined;
  if (code === 'idp_unreachable') return { kind: 'failed' };
  return { kind: code === 'idp_response_invalid' || code === 'idp_tls_refused' ? 'answered' : 'nothing_learned' };
}

/** How long `Retry-After` asks to wait (RFC 9110, section 10.2.3), at most `retryAfterMsMax`; `undefined` for none. */
export function retryAfterMs(text: string | undefined, nowMs: number): number | undefined {
  const trimmed = text?.trim() ?? '';
  const ms = /^\d+$/.test(trimmed) ? Number(trimmed) * 1000 : Date.parse(trimmed) - nowMs;
  return ms > 0 ? Math.min(ms, retryAfterMsMax) : undefined;
}
