import type { ConnectionTestStep, ConnectionTestStepName } from '../../contract/connection-test.ts';
import { stepTextLengthMax } from '../limits.ts';
import { upstreamText } from '../upstream-text.ts';
import { checkAlgorithms, checkClientAuthentication, checkPkce, checkResponse, checkScopes } from './ability-checks.ts';
import { checkDiscovery, checkEndpoints, checkIssuer, checkUserinfo } from './document-checks.ts';
import type { TestFacts } from './facts.ts';
import type { Finding } from './finding.ts';
import { checkKeys } from './key-checks.ts';
import { checkClock, checkReach, checkTls, checkTypedUrls } from './reach-checks.ts';
import { checkSecret } from './secret-check.ts';

/** Every step, in the order in which it is told. Each looks at the facts alone, so one fault is one failed step. */
const steps: readonly (readonly [ConnectionTestStepName, (facts: TestFacts) => Finding])[] = [
  ['url', checkTypedUrls],
  ['dns', checkReach],
  ['tls', checkTls],
  ['discovery', checkDiscovery],
  ['issuer', checkIssuer],
  ['endpoints', checkEndpoints],
  ['algorithms', checkAlgorithms],
  ['pkce', checkPkce],
  ['response', checkResponse],
  ['scopes', checkScopes],
  ['clientAuthentication', checkClientAuthentication],
  ['keys', checkKeys],
  ['authorization', leaveToTheBrowser],
  ['secret', checkSecret],
  ['userinfo', checkUserinfo],
  ['clock', checkClock],
];

// A call of ours would prove little and could do harm. The browser makes this request, often from a network in which the
// endpoint has another address; a request without a user opens a session there, counts against limits and shows up in
// the provider's log as a failed sign-in; and what comes back is a page for people, whatever is wrong.
function leaveToTheBrowser({ redirectUri }: TestFacts): Finding {
  return {
    outcome: 'skipped',
    expected: `The redirect URI ${redirectUri}, registered at the provider`,
    message: 'Not called: the member’s browser opens the sign-in page, not this server. Sign in once to try it.',
  };
}

/** Judges what was found out, step by step. What the provider wrote comes out on one line, short, without our secrets. */
export function judgeFacts(facts: TestFacts): readonly ConnectionTestStep[] {
  return steps.map(([name, check]) => {
    const { found, ...finding } = check(facts);
    const clean = upstreamText(found, facts.secrets, stepTextLengthMax);
    return { name, ...finding, ...(clean === undefined ? {} : { found: clean }) };
  });
}
