import { signatureAlgorithms } from '../contract/algorithms.ts';
import type { Fact, FailureFacts } from '../contract/attempt-facts.ts';
import type { ErrorCode } from '../contract/errors.ts';
import type { Explanation } from '../contract/login-attempts.ts';
import { catalogues, type Language } from '../texts/catalogue.ts';

/** Explains a refusal to an admin, from its code and the facts in its record. */
export function explainRefusal(
  code: ErrorCode | undefined,
  facts: FailureFacts,
  language: Language = 'en',
): Explanation {
  const texts: Readonly<Record<string, (facts: FailureFacts) => Explanation>> = catalogues[language].explanations;
  const { unexpected } = catalogues[language].explanations;
  if (code === undefined) return unexpected(facts);
  const cause = causeOf(code, facts);
  const explain = (cause === undefined ? undefined : ownText(texts, `${code}.${cause}`)) ?? ownText(texts, code);
  return (explain ?? unexpected)(facts);
}

function ownText<Text>(texts: Readonly<Record<string, Text>>, code: string): Text | undefined {
  return Object.hasOwn(texts, code) ? texts[code] : undefined;
}

/** Which of several causes of a code the facts show; `undefined` if the code has one explanation for all. */
function causeOf(code: ErrorCode, facts: FailureFacts): string | undefined {
  const { reason, method, status, userinfo, state } = facts;
  switch (code) {
    case 'idp_unreachable':
      return status === undefined ? undefined : 'status';
    case 'idp_client_refused':
      return method;
    case 'id_token_invalid':
      return failedCheck(facts);
    case 'id_token_algorithm_mismatch':
      return algorithmCause(facts.found);
    case 'id_token_signature_invalid':
      return facts.check === 'library' ? 'library' : reason;
    case 'required_claim_missing':
      return state;
    case 'email_missing':
      return userinfo;
    default:
      return reason;
  }
}

const causesOfChecks: Readonly<Record<string, string>> = {
  exp: 'time',
  nbf: 'time',
  iat: 'time',
  auth_time: 'time',
  at_hash: 'hash',
  c_hash: 'hash',
  s_hash: 'hash',
};

function failedCheck({ check, expected, found, audience }: FailureFacts): string | undefined {
  if (check === 'form') return formCause(found);
  if (check === 'aud' && audience !== undefined) return 'untrusted_audience';
  if (check === undefined || check === 'library' || (expected === undefined && found === undefined)) {
    return 'without_facts';
  }
  if (check === 'auth_time' && found?.code === 'none') return 'auth_time_absent';
  return causesOfChecks[check] ?? check;
}

// A token of the wrong form usually has a setting of the application behind it.
function formCause(found: Fact | undefined): string {
  switch (found?.code) {
    case 'token_encrypted':
      return 'token_encrypted';
    case 'token_unsigned':
    case 'token_without_signature':
      return 'not_signed';
    default:
      return 'form';
  }
}

function algorithmCause(found: Fact | undefined): 'supported' | 'unsigned' | undefined {
  if (found?.code !== 'algorithm' || found.algorithm === 'none') return 'unsigned';
  const isSupported = found.algorithm === 'Ed25519' || signatureAlgorithms.some((name) => name === found.algorithm);
  return isSupported ? 'supported' : undefined;
}
