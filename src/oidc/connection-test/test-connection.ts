/*
 * This folder is the connection test: what a sign-in would call is called once (gather-facts), and what came of it is
 * judged step by step (judge-facts), by functions that see facts alone. It tells an admin what is wrong and where to put
 * it right; it must not tell them anything about the network that the server stands in, nor repeat a secret.
 */
import type { ConnectionTestReport } from '../../contract/connection-test.ts';
import type { Logger } from '../../kernel/logger.ts';
import { unreachableProbeMs } from '../../outbound/limits.ts';
import { generic } from '../profiles/generic.ts';
import type { Contacted, TestFacts } from './facts.ts';
import { gatherFacts, type GatherDeps, type TestSubject } from './gather-facts.ts';
import { judgeFacts } from './judge-facts.ts';

/**
 * Tests one connection. `reqId` is what the log knows the request by.
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

/** Makes the connection test. It remembers nothing, and changes nothing of what sign-ins remember. */
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

// The operator may know what the tenant may not: why a host was not reached.
function logCauses(facts: TestFacts, { reqId, logger }: { readonly reqId: string; readonly logger: Logger }): void {
  for (const { url, result } of called(facts)) {
    if (result.kind !== 'answered') {
      const { code, meta, cause: err } = result.cause;
      const { organizationId } = facts.connection;
      logger.warn(
        { reqId, organizationId, host: url.host, code, meta, err },
        'a connection test did not get an answer',
      );
    }
  }
}

function called({ discovery, keys, token }: TestFacts): readonly Contacted[] {
  return [discovery, keys, token].filter((contacted) => contacted !== undefined);
}

// What could not be reached is told in whole turns, since the odd milliseconds might say how far the attempt came.
function shownDuration(facts: TestFacts, durationMs: number): number {
  const isUnreachable = called(facts).some(({ result }) => result.kind === 'unreachable');
  return isUnreachable ? Math.round(durationMs / unreachableProbeMs) * unreachableProbeMs : durationMs;
}
