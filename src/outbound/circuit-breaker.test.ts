import { beforeEach, describe, expect, it } from 'vitest';

import { fixedClock, type FixedClock } from '../../test/support/faulty-idp-sign-in.ts';
import { createCircuitBreaker, retryAfterMs, type CircuitBreaker } from './circuit-breaker.ts';
import { circuitFailuresMax, circuitOpenMs, retryAfterMsMax } from './limits.ts';
import { OutboundFailure, type OutboundFailureKind } from './outbound-failure.ts';
import type { OutboundResponse, OutboundRequest } from './outbound-request.ts';

let clock: FixedClock;
let breaker: CircuitBreaker;
let calls: number;

beforeEach(() => {
  clock = fixedClock();
  breaker = createCircuitBreaker(clock);
  calls = 0;
});

const request: OutboundRequest = {
  url: 'https://idp.example/token',
  step: 'token',
  bulkhead: 'organization-1',
  limits: { bytesMax: 1, totalMs: 1 },
};
const answer = (status: number, headers: Record<string, string> = {}): OutboundResponse => ({
  status,
  headers: new Map(Object.entries(headers)),
  body: Buffer.alloc(0),
});

/** Makes a call with this result; resolves with its status or the kind of its failure. */
async function call(
  end: OutboundResponse | OutboundFailureKind,
  of: Partial<OutboundRequest> = {},
): Promise<number | string> {
  try {
    const { status } = await breaker.run({ ...request, ...of }, () => {
      calls += 1;
      return typeof end === 'string' ? Promise.reject(new OutboundFailure(end)) : Promise.resolve(end);
    });
    return status;
  } catch (thrown) {
    if (thrown instanceof OutboundFailure) return thrown.kind;
    throw thrown;
  }
}

async function failOften(
  end: OutboundResponse | OutboundFailureKind = 'connect_failed',
  of: Partial<OutboundRequest> = {},
): Promise<void> {
  for (let time = 0; time < circuitFailuresMax; time += 1) await call(end, of);
}

describe('what opens the circuit', () => {
  it.each<[string, OutboundResponse | OutboundFailureKind, Partial<OutboundRequest>]>([
    ['a host without a usable address', 'address_refused', {}],
    ['an unknown name', 'dns_failed', {}],
    ['no connection', 'connect_failed', {}],
    ['no tunnel through the proxy', 'proxy_failed', {}],
    ['no response in time', 'timeout', {}],
    ['502', answer(502), {}],
    ['503', answer(503), {}],
    ['504', answer(504), {}],
    ['500 for a document', answer(500), { step: 'discovery' }],
    ['500 for the keys', answer(500), { step: 'keys' }],
  ])('%s, so often', async (_name, end, of) => {
    await failOften(end, of);
    expect(await call(answer(200), of)).toBe('paused');
    expect(calls).toBe(circuitFailuresMax);
  });

  it.each<[string, OutboundResponse | OutboundFailureKind]>([
    ['a code that is refused', answer(400)],
    ['a client that is refused', answer(401)],
    ['500 for the code of one user, which a stranger can invent', answer(500)],
    ['too many requests, with no time named', answer(429)],
    ['a response that is too large', 'too_large'],
    ['a redirect', 'redirect'],
    ['an encoded response', 'encoded'],
    ['too many interim responses', 'interim_responses'],
    ['a response that cannot be read', 'bad_response'],
    ['an untrusted certificate', 'tls_failed'],
    ['a URL that the policy refuses', 'url_refused'],
    ['no free slot', 'busy'],
  ])('not %s, however often', async (_name, end) => {
    for (let time = 0; time < 4; time += 1) await failOften(end);
    expect(await call(answer(200))).toBe(200);
  });
});

describe('an open circuit', () => {
  it('lets one call through after its time, and closes if that call succeeds', async () => {
    await failOften();
    clock.advance(circuitOpenMs - 1);
    expect(await call(answer(200))).toBe('paused');
    clock.advance(1);
    let release: (value: OutboundResponse) => void = () => undefined;
    const probe = breaker.run(request, () => new Promise<OutboundResponse>((resolve) => (release = resolve)));
    expect(await call(answer(200))).toBe('paused');
    release(answer(200));
    await probe;
    expect(await call(answer(200))).toBe(200);
  });

  it('does not affect another organization, step or host', async () => {
    await failOften();
    expect(await call(answer(200), { bulkhead: 'organization-2' })).toBe(200);
    expect(await call(answer(200), { step: 'userinfo' })).toBe(200);
    expect(await call(answer(200), { url: 'https://new.idp.example/token' })).toBe(200);
    expect(await call(answer(200))).toBe('paused');
  });

  it('says when it will close', async () => {
    await failOften();
    expect(() => breaker.requireClosed(request)).toThrow(
      expect.objectContaining({
        kind: 'paused',
        facts: { step: 'token', host: 'idp.example', untilMs: clock.nowMs() + circuitOpenMs },
      }),
    );
  });
});

describe('H047: Retry-After', () => {
  it.each([429, 503])('with status %i is respected at once', async (status) => {
    expect(await call(answer(status, { 'retry-after': '20' }))).toBe(status);
    clock.advance(19_999);
    expect(await call(answer(200))).toBe('paused');
    clock.advance(1);
    expect(await call(answer(200))).toBe(200);
  });

  const nowMs = Date.parse('2026-11-24T08:00:00Z');
  it.each([
    ['7', 7_000],
    ['315360000', retryAfterMsMax],
    ['9'.repeat(400), retryAfterMsMax],
    ['Tue, 24 Nov 2026 08:00:30 GMT', 30_000],
    ['Tue, 24 Nov 2099 08:00:30 GMT', retryAfterMsMax],
    ['Tue, 24 Nov 2020 08:00:30 GMT', undefined],
    ['0', undefined],
    ['-5', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('of %j is %j', (text, expected) => {
    expect(retryAfterMs(text, nowMs)).toBe(expected);
  });
});
