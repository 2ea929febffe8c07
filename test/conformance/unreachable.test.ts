import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { outcomeOfError } from '../../src/audit-webhooks/rules.ts';
import { testAuditWebhook } from '../../src/audit-webhooks/test-audit-webhook.ts';
import { unreachableTestMs } from '../../src/audit-webhooks/limits.ts';
import { connectionTestsPerMinuteMax } from '../../src/contract/limits.ts';
import { createTestTurns } from '../../src/http/test-turns.ts';
import { explainRefusal } from '../../src/login-attempts/explanations.ts';
import { failedStep, failureFacts } from '../../src/login-attempts/failure-facts.ts';
import { providerFailure } from '../../src/oidc/provider-failure.ts';
import { createGuardedFetch } from '../../src/outbound/guarded-fetch.ts';
import { parseOutboundAllow } from '../../src/outbound/outbound-allow.ts';
import { OutboundFailure } from '../../src/outbound/outbound-failure.ts';
import { createOutboundPolicy } from '../../src/outbound/outbound-policy.ts';
import { fixedClock } from '../support/faulty-idp-sign-in.ts';
import { privateCa } from '../support/private-ca.ts';
import { closeUnreachablePlaces, unreachableHost, unreachablePlaces } from '../support/unreachable-places.ts';
import { openWebhookScene } from '../support/webhook-scene.ts';

/*
 * A tenant's admin chooses the host that the server calls: by a connection and a sign-in, whose record they read, or by
 * a webhook and its test. The operator allows the range of the test hosts, so that connections are really attempted.
 */
const allowed = parseOutboundAllow('127.0.0.0/8');
const policy = createOutboundPolicy(allowed.ok ? allowed.entries : []);
const openFetch = (lookup: (typeof unreachablePlaces)[string]['lookup']) =>
  createGuardedFetch({ policy, lookup, clock: fixedClock(), certificates: [privateCa] });

afterAll(closeUnreachablePlaces);

describe('H031: what a failed sign-in reveals about an unreachable host', () => {
  const told = new Map<string, { forAdmin: string; forOperator: string; webhook: unknown }>();

  beforeAll(async () => {
    await Promise.all(
      Object.entries(unreachablePlaces).map(async ([name, { lookup, port }]) => {
        const fetch = openFetch(lookup);
        const url = `https://${unreachableHost}:${await port()}/`;
        const limits = { bytesMax: 1_000, totalMs: 4_000 };
        const failure = await fetch({ url, step: 'discovery', bulkhead: 'organization', limits }).catch(asFailure);
        await fetch.close();
        if (!(failure instanceof OutboundFailure)) throw new Error(`${name} was reached`);
        const error = providerFailure(failure);
        const { code } = error;
        const facts = failureFacts(error);
        const record = { code, step: failedStep(error), ...facts, ...explainRefusal(code, facts) };
        told.set(name, {
          forAdmin: JSON.stringify(record).replaceAll(new URL(url).host, unreachableHost),
          forOperator: JSON.stringify([error.meta, causesOf(error)]),
          webhook: outcomeOfError(failure),
        });
      }),
    );
  }, 30_000);

  it.each(Object.keys(unreachablePlaces))('%s gives the same response as a closed port, byte for byte', (name) => {
    expect(told.get(name)?.forAdmin).toBe(told.get('a closed port')?.forAdmin);
    expect(told.get(name)?.webhook).toBe('unreachable');
  });

  it.each(Object.entries(unreachablePlaces))("the operator's log has the reason for %s", (name, { logged }) => {
    expect(told.get(name)?.forOperator).toContain(logged);
  });

  it('the error names the setting that would allow a private address', () => {
    expect(told.get('a private address')?.forAdmin).toContain('SALLYPORT_OUTBOUND_ALLOW');
  });
});

describe('H031: the test of an audit webhook', () => {
  it('takes equally long for a closed port and for a port with another protocol', async () => {
    const scene = await openWebhookScene('sqlite');
    const took: number[] = [];
    await Promise.all(
      ['a closed port', 'a port that speaks something else', 'a private address'].map(async (name) => {
        const { lookup = notThere, port = notThere } = unreachablePlaces[name] ?? {};
        const tenant = await scene.addTenant({ url: `https://${unreachableHost}:${await port()}/` });
        const fetch = openFetch(lookup);
        const deps = { ...scene.deps, outbound: { policy, fetch } };
        const startedAt = performance.now();
        const answer = await testAuditWebhook(deps, tenant.call, createTestTurns(scene.clock));
        took.push(performance.now() - startedAt);
        await fetch.close();
        expect([name, answer]).toEqual([name, { outcome: 'unreachable' }]);
      }),
    );
    expect(Math.min(...took)).toBeGreaterThanOrEqual(unreachableTestMs - 5);
    expect(Math.max(...took) - Math.min(...took)).toBeLessThan(1_000);
    await scene.close();
  });

  it('is limited to a few a minute, without delaying receivers that answer', async () => {
    const scene = await openWebhookScene('sqlite');
    const tenant = await scene.addTenant();
    const turns = createTestTurns(scene.clock);
    const startedAt = performance.now();
    for (let count = 0; count < connectionTestsPerMinuteMax; count += 1) {
      expect(await testAuditWebhook(scene.deps, tenant.call, turns)).toEqual({ outcome: 'delivered' });
    }
    expect(performance.now() - startedAt).toBeLessThan(unreachableTestMs);
    await expect(testAuditWebhook(scene.deps, tenant.call, turns)).rejects.toMatchObject({
      code: 'connection_tests_limited',
    });
    expect(tenant.receiver.received).toHaveLength(connectionTestsPerMinuteMax);
    scene.clock.advanceSeconds(60);
    expect(await testAuditWebhook(scene.deps, tenant.call, turns)).toEqual({ outcome: 'delivered' });
    await scene.close();
  });
});

function notThere(): never {
  throw new Error('no such place');
}

function asFailure(thrown: unknown): OutboundFailure {
  if (thrown instanceof OutboundFailure) return thrown;
  throw thrown;
}

/** The codes and messages of an error's causes. */
function causesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const code = 'code' in error ? String(error.code) : '';
  return [`${code} ${error.message}`, ...causesOf(error.cause)];
}
