import type { ConnectionTestStep, ConnectionTestStepName } from '../../contract/connection-test.ts';
import { stepTextLengthMax } from '../limits.ts';
import type { Profile, ScreenTopic } from '../profiles/profile.ts';
import { upstreamText } from '../upstream-text.ts';
import { checkAlgorithms, checkClientAuthentication, checkPkce, checkResponse, checkScopes } from './ability-checks.ts';
import { checkDiscovery, checkEndpoints, checkIssuer, checkUserinfo } from './document-checks.ts';
import type { TestFacts } from './facts.ts';
import type { Finding } from './finding.ts';
import { checkKeys } from './key-checks.ts';
import { checkClock, checkReach, checkTls, checkTypedUrls } from './reach-checks.ts';
import { checkSecret } from './secret-check.ts';

/** A step's name, its judgement, and the screen of the provider's console for its advice. */
type Row = readonly [name: ConnectionTestStepName, check: (facts: TestFacts) => Finding, screen?: ScreenTopic];

/** Every step, in order. Each uses the facts only, so one fault fails one step. */
const steps: readonly Row[] = [
  ['url', checkTypedUrls],
  ['dns', checkReach],
  ['tls', checkTls],
  ['discovery', checkDiscovery, 'issuer'],
  ['issuer', checkIssuer, 'issuer'],
  ['endpoints', checkEndpoints, 'issuer'],
  ['algorithms', checkAlgorithms, 'signingAlgorithm'],
  ['pkce', checkPkce, 'application'],
  ['response', checkResponse, 'application'],
  ['scopes', checkScopes, 'consent'],
  ['clientAuthentication', checkClientAuthentication, 'clientAuthentication'],
  ['keys', checkKeys, 'signingAlgorithm'],
  ['authorization', leaveToTheBrowser, 'redirectUri'],
  ['secret', checkSecret, 'clientSecret'],
  ['userinfo', checkUserinfo],
  ['clock', checkClock],
];

// A call of the server would prove little and could do harm. The browser makes this request, often from a network where
// the endpoint has another address. A request without a user starts a session there, counts against limits and appears
// in the provider's log as a failed sign-in. The response is a page for people, whatever is wrong.
function leaveToTheBrowser({ redirectUri }: TestFacts): Finding {
  return {
    outcome: 'skipped',
    expected: `The redirect URI ${redirectUri}, registered at the provider`,
    message: "Not called: the member's browser opens the sign-in page, not this server.",
    action: 'Register exactly this redirect URI, and sign in once to test it.',
  };
}

/** Judges the facts step by step. Text of the provider becomes one short line without our secrets. */
export function judgeFacts(facts: TestFacts): readonly ConnectionTestStep[] {
  return steps.map(([name, check, topic]) => {
    const { found, action, screen = topic, ...finding } = check(facts);
    const clean = upstreamText(found, facts.secrets, stepTextLengthMax);
    return {
      name,
      ...finding,
      ...(clean === undefined ? {} : { found: clean }),
      ...(action === undefined ? {} : { action: withPlace(action, facts.profile, screen) }),
    };
  });
}

function withPlace(action: string, { displayName, screens }: Profile, topic: ScreenTopic | undefined): string {
  const place = topic === undefined ? undefined : screens[topic];
  return place === undefined ? action : `${action} In ${displayName}: ${place}.`;
}
