/*
 * The connection test: it makes each call of a sign-in once (gather-facts), and judges the results step by step
 * (judge-facts) with functions that see facts only. It tells an admin what is wrong and where to correct it. It must
 * not reveal the server's network or repeat a secret.
 */
import type { ConnectionTestReport } from '../../contract/connection-test.ts';
import type { Logger } from '../../kernel/logger.ts';
import { unreachableProbeMs } from '../../outbound/limits.ts';
import { generic } from '../profiles/generic.ts';
import { providerFailure } from '../provider-failure.ts';
import type { Contacted, TestFacts } from './facts.ts';
import { gatherFacts, type GatherDeps, type TestSubject } from './gather-facts.ts';
import { judgeFacts } from './judge-facts.ts';

/**
 * Tests one connection. `reqId` identifies the request in the log.
 *
 * @throws `idp_busy`
 */
export type TestConnection = (
  subject: TestSubject,
  request: { readonly reqId: string },
) => Promise<ConnectionTestReport>;

export interface TestConnectionDeps extends GatherDeps {
  readonly logger: Logger;
}

/** Creates the connection test. It caches nothing, and does not change the cache of sign-ins. */
export function createConnectionTest(deps: TestConnectionDeps): TestConnection {
  return async (subject, { reqId }) => {
    const startedAtMs = deps.clock.nowMs();
    const facts = await gatherFacts(deps, subject);
    logCauses(facts, { reqId, logger: deps.logger });
    const steps = judgeFacts(facts);
    return {
      ok: steps.every(({ outcome }) => outcome !== 'failed'),
      ...(facts.profile === generic ? {} : { profile: { id: facts.profile.id, name: facts.profile.displayName } }),
      steps: [...steps],
      testedAt: new Date(startedAtMs).toISOString(),
      durationMs: shownDuration(facts, deps.clock.nowMs() - startedAtMs),
    };
  };
}

// The operator may know why a host was not reached; the tenant may not.
function logCauses(facts: TestFacts, { reqId, logger }: { readonly reqId: string; readonly logger: Logger }): void {
  for (const { url, result } of called(facts)) {
    if (result.kind !== 'answered') {
      const { code, meta, cause: err } = providerFailure(result.cause);
      const { organizationId } = facts.connection;
      logger.warn({ reqId, organizationId, host: url.host, code, meta, err }, 'a connection test got no response');
    }
  }
}

function called({ discovery, keys, token }: TestFacts): readonly Contacted[] {
  return [discovery, keys, token].filter((contacted) => contacted !== undefined);
}

// The duration of an unreachable host is rounded, because the exact milliseconds might show how far the attempt came.
function shownDuration(facts: TestFacts, durationMs: number): number {
  const isUnreachable = called(facts).some(({ result }) => result.kind === 'unreachable');
  return isUnreachable ? Math.round(durationMs / unreachableProbeMs) * unreachableProbeMs : durationMs;
}
