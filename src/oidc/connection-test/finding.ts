import type { ConnectionTestStep, ConnectionTestStepName } from '../../contract/connection-test.ts';
import type { RefusedAnswer } from '../../outbound/guarded-probe.ts';
import { tokenCallMsMax } from '../../outbound/limits.ts';
import type { ScreenTopic } from '../profiles/profile.ts';
import type { Contacted, TestFacts } from './facts.ts';

/**
 * The result of a step. Only `found` may contain text of the provider, which is cleaned and shortened before it is
 * shown. The other texts are ours or the admin's own.
 */
export type Finding = Omit<ConnectionTestStep, 'name'> & {
  /** The screen of the provider's console for the action, if it differs from the step's usual one. */
  readonly screen?: ScreenTopic;
};

/** A step that could not be checked because of another one. */
export function skippedFor(step: ConnectionTestStepName): Finding {
  return { outcome: 'skipped', message: `Not checked, because the step "${step}" did not pass.` };
}

/** A step that does not apply. */
export function skipped(message: string): Finding {
  return { outcome: 'skipped', message };
}

/** Why a sign-in would stop before it had the provider's metadata. */
export function stoppedAt({ typed, connection, document, endpoints }: TestFacts): ConnectionTestStepName {
  if (typed.some(({ verdict }) => !(verdict?.ok ?? false))) return 'url';
  if (connection.source.kind === 'discovery' && document === undefined) return 'discovery';
  return endpoints.some((endpoint) => !isUsable(endpoint)) ? 'endpoints' : 'issuer';
}

/** Whether an endpoint exists and may be called. Only userinfo may be missing. */
export function isUsable({ field, url, verdict }: TestFacts['endpoints'][number]): boolean {
  return url === undefined ? isUserinfo(field) : (verdict?.ok ?? false);
}

/** Whether a field is the userinfo endpoint, by its name in the document or in the configuration. */
export function isUserinfo(field: string): boolean {
  return field === 'userinfo_endpoint' || field === 'userinfoEndpoint';
}

type Answered = Extract<Contacted['result'], { kind: 'answered' }>;

/** Judges a response; without one, names the step that says why. */
export function ofAnswer({ result }: Contacted, judge: (answered: Answered) => Finding): Finding {
  switch (result.kind) {
    case 'answered':
      return judge(result);
    case 'answer_refused':
      return {
        outcome: 'failed',
        expected: 'A plain response, without a redirect and without an encoding',
        found: [result.reason, result.cause.facts.redirectHost].filter(Boolean).join(' to '),
        ...refusedAnswers[result.reason],
      };
    case 'tls_refused':
      return skippedFor('tls');
    case 'unreachable':
      return skippedFor('dns');
    case 'silent':
      return {
        outcome: 'failed',
        expected: `A response within ${tokenCallMsMax / 1000} seconds`,
        found: 'a connection without a complete response',
        message:
          'The token endpoint accepted the connection and did not respond in time. Other URLs of the same host did.',
        action: 'Check the load and the log of the identity provider, and the proxy in front of it.',
      };
    default:
      return result satisfies never;
  }
}

const refusedAnswers: Readonly<Record<RefusedAnswer, Pick<Finding, 'message' | 'action'>>> = {
  redirect: {
    message:
      'The URL redirects. Redirects are not followed, because they would send the request to an unchecked address.',
    action:
      'If the redirect leads to your identity provider, enter that URL. If that URL is not accepted, set configurationType to custom and enter the endpoints.',
  },
  encoded: {
    message: 'The response is compressed, although the request forbids it.',
    action: 'Turn compression off for this URL, often in a proxy in front of the identity provider.',
  },
  too_large: {
    message: 'The response is too large.',
    action: 'Check that the URL is correct.',
  },
  interim_responses: {
    message: 'The server sends endless interim responses.',
    action: 'Check the proxy in front of the identity provider.',
  },
};
