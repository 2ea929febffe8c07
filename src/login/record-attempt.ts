import type { StepFacts } from '../contract/attempt-facts.ts';
import type { ClientInfo } from '../contract/actor.ts';
import type { AttemptSoFar } from '../login-attempts/write-record.ts';
import { createTrace, type TracedStep } from '../oidc/attempt-trace.ts';
import type { VerifiedIdentity } from '../oidc/identity/verified-identity.ts';
import type { Attempt } from './attempt.ts';
import type { LoginDeps } from './login-deps.ts';
import type { AttemptRow } from './queries.ts';

/** The row of a started attempt. */
export function recordOf(attempt: { attemptId: string; organizationId: string; startedAtMs: number }): AttemptRow {
  return {
    id: attempt.attemptId,
    organization_id: attempt.organizationId,
    outcome: 'started',
    code: null,
    user_id: null,
    details: '{}',
    created_at: attempt.startedAtMs,
    finished_at: null,
  };
}

/**
 * Starts the record of an attempt whose callback arrived: how it started, and that its cookie belongs to this browser.
 */
export function beginRecord(
  { system }: LoginDeps,
  attempt: Attempt,
  { search, state, clientInfo }: { search: string; state: string; clientInfo: ClientInfo },
): AttemptSoFar {
  const trace = createTrace(system.clock, startSteps(attempt));
  const awaySeconds = Math.round((system.clock.nowMs() - attempt.startedAtMs) / 1000);
  trace.passed('attempt_cookie', {
    expected: { code: 'sealed_for_state' },
    found: { code: 'age', seconds: awaySeconds },
  });
  const code = new URLSearchParams(search).get('code') ?? '';
  const secrets = [state, attempt.nonce, attempt.codeVerifier, ...(code.length >= codeLengthSecret ? [code] : [])];
  return { by: attempt.start?.by, revision: attempt.revision, clientInfo, trace, secrets };
}

/** A shorter code is not a secret, and it may be a word of the record. */
const codeLengthSecret = 16;

function startSteps({ start, issuer }: Attempt): readonly TracedStep[] {
  if (start === undefined) return [];
  const { discovery, durationMs } = start;
  return [
    { name: 'discovery', outcome: 'passed', found: { code: 'issuer_from', issuer, source: discovery }, durationMs },
    { name: 'authorization_request', outcome: 'passed', found: { code: 'code_flow' }, durationMs: 0 },
  ];
}

/** The claim with the e-mail address, and the address's domain. */
export function emailFacts({ emailFrom, emailAddress, emailVerified }: VerifiedIdentity): StepFacts<'email'> {
  const { domain } = emailAddress;
  return {
    expected: { code: 'email_address' },
    found: { code: 'email_from', ...emailFrom, domain, verified: emailVerified },
  };
}
