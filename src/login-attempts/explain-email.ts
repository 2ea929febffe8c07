import type { Explanation } from '../contract/login-attempts.ts';
import type { FailureFacts } from './failure-facts.ts';

/** What it means that no source has an address. */
export function explainMissingEmail({ claim = 'email', userinfo }: FailureFacts): Explanation {
  const where =
    userinfo === 'not_asked'
      ? 'The ID token has no e-mail address, and userinfo was not requested'
      : 'Neither the ID token nor userinfo has an e-mail address';
  const source =
    userinfo === 'not_asked'
      ? ' If it is in userinfo only, let userinfo be requested: the option userinfo, and a userinfo endpoint.'
      : '';
  return {
    whatHappened: `${where} (claim ${claim}).`,
    whatToDo: `Release the claim ${claim} to this application, and check that the person has an address there.${source} If the address is in another claim, name it in emailClaims.`,
  };
}

const meanings: Readonly<Record<string, string>> = {
  not_a_string: 'it is not a text',
  several_values: 'it holds several values, and none of them can be preferred',
  too_long: 'it is too long',
  at_sign: 'it does not have exactly one @',
  local_part:
    'what is before the @ has blanks, quotation marks, letters outside ASCII or other characters that are not supported',
};

/** What it means that the claim for the address holds something else. */
export function explainInvalidEmail({ claim = 'email', reason }: FailureFacts): Explanation {
  const why =
    meanings[String(reason)] ?? (reason === undefined ? 'it is no address' : `its domain is wrong (${reason})`);
  const advice =
    reason === 'local_part'
      ? `Give the person an address with ASCII letters, digits and the usual signs before the @. If another claim has one, name it in emailClaims.`
      : `Map the claim ${claim} to one e-mail address of the person. If another claim has it, name that one in emailClaims.`;
  return { whatHappened: `The claim ${claim} holds no e-mail address that can be used: ${why}.`, whatToDo: advice };
}
