import type { Fact, FailureFacts } from '../../contract/attempt-facts.ts';
import type { Explanation } from '../../contract/login-attempts.ts';
import { fill } from '../fill.ts';
import { facts } from './facts.ts';

/** Explains a refused sign-in to an admin, from the facts in its record. */
export type Explain = (facts: FailureFacts) => Explanation;

/** An explanation that depends on no fact. */
export function explained(whatHappened: string, whatToDo: string | null): Explain {
  return () => ({ whatHappened, whatToDo });
}

/** The text of a fact, or `otherwise` if the record has none. */
export function said(fact: Fact | undefined, otherwise: string): string {
  return fact === undefined ? otherwise : fill(facts, fact);
}

/** A value in parentheses after a blank, or nothing. */
export function inParentheses(value: string | number | undefined): string {
  return value === undefined ? '' : ` (${value})`;
}

/** Where at the identity provider a step made its request. */
export function placeOf({ step }: FailureFacts): string {
  switch (step) {
    case 'discovery':
      return 'its discovery document';
    case 'keys':
      return 'its JWK Set';
    case 'userinfo':
      return 'its userinfo endpoint';
    default:
      return 'its token endpoint';
  }
}

/** A sentence, followed by the identity provider's own error if there is one. */
export function withProviderError(text: string, failure: FailureFacts): string {
  const quoted = providerError(failure);
  return quoted === undefined ? text : `${text} The identity provider says: "${quoted}".`;
}

/** The same, for a response that may come from another sender. */
export function withUnverifiedError(text: string, failure: FailureFacts): string {
  const quoted = providerError(failure);
  return quoted === undefined ? text : `${text} Unverified, the response says: "${quoted}".`;
}

function providerError({ error, errorDescription }: FailureFacts): string | undefined {
  return error === undefined || errorDescription === undefined ? error : `${error}: ${errorDescription}`;
}
