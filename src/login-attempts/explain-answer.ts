import type { Explanation } from '../contract/login-attempts.ts';
import { type FailureFacts, ownWords } from './failure-facts.ts';

/** Where in the identity provider a step made its request. */
export function placeOf(step: FailureFacts['step']): string {
  switch (step) {
    case 'discovery':
      return 'its discovery document';
    case 'keys':
      return 'its key set';
    case 'userinfo':
      return 'its userinfo endpoint';
    default:
      return 'its token endpoint';
  }
}

/** What it means that the browser brought back no authorization response to this sign-in. */
export function explainCallback({ reason, parameter }: FailureFacts): Explanation {
  switch (reason) {
    case 'state':
      return {
        whatHappened: 'The browser brought back an authorization response with another state, or with none.',
        whatToDo:
          'The member starts the sign-in again here, not at a bookmark of the identity provider. If it happens every time, the identity provider does not return state unchanged, as it must.',
      };
    case 'unasked_parameter':
      return {
        whatHappened: `The authorization response has the parameter ${parameter ?? 'of another flow'}, which belongs to another flow.`,
        whatToDo:
          'Let the application use the authorization code flow only (response_type code, response_mode query): no implicit or hybrid flow, and no JARM.',
      };
    case 'code_or_error':
      return {
        whatHappened: 'The authorization response has neither a code nor an error, or both.',
        whatToDo:
          'Let the application use the authorization code flow, with the response in the query of the redirect URI, not in its fragment.',
      };
    case 'too_long':
      return {
        whatHappened: `The parameter ${parameter ?? 'of the authorization response'} is too long.`,
        whatToDo: 'Ask the vendor of the identity provider to make it shorter.',
      };
    default:
      return {
        whatHappened: `The authorization response has the parameter ${parameter ?? 'of a code response'} more than once.`,
        whatToDo:
          'Check that the redirect URI that is registered at the identity provider has no query, then ask its vendor.',
      };
  }
}

/** What it means that no usable response came in time. */
export function explainUnreachable({ step, host, status }: FailureFacts): Explanation {
  const place = `${placeOf(step)}${host === undefined ? '' : ` (${host})`}`;
  if (status !== undefined) {
    return {
      whatHappened: `The identity provider answered with status ${status} at ${place}.`,
      whatToDo: 'The identity provider is overloaded or has a fault. Look at its log and its status page.',
    };
  }
  const seconds = step === 'token' || step === undefined ? 15 : 10;
  return {
    whatHappened: `The identity provider gave no answer in time at ${place}.`,
    whatToDo: `If the other addresses of the identity provider answer, it is slow: it has ${seconds} seconds. Otherwise check that the address is right and that it can be reached from this server. An address in a private network has to be allowed by the operator, with SALLYPORT_OUTBOUND_ALLOW.`,
  };
}

/** What it means that somebody else than the configured issuer answered, or that the issuer is spelled otherwise. */
export function explainIssuer(facts: FailureFacts): Explanation {
  const { reason, expected = 'another issuer', found = 'none' } = facts;
  switch (reason) {
    case 'iss_absent':
      return {
        whatHappened: withUnverified(
          `The authorization response lacks the parameter iss. The discovery document promises it (RFC 9207), so the response may come from somebody else.`,
          facts,
        ),
        whatToDo:
          'Ask the vendor of the identity provider to send iss in every authorization response, errors included. What the response says may be the real cause, but nobody can be sure of it.',
      };
    case 'iss_differs':
      return {
        whatHappened: withUnverified(
          `The authorization response names the issuer ${found}, but ${expected} was asked.`,
          facts,
        ),
        whatToDo:
          'If both are spellings of one identity provider, correct its configuration: iss must be its issuer, character by character (RFC 9207). Otherwise the response came from somebody else.',
      };
    case 'issuer_respelled':
      return {
        whatHappened: `The discovery document now names the issuer ${found}. Until now it was ${expected}. A person is identified by issuer and subject, so with another issuer every member would be a stranger.`,
        whatToDo: `Set the issuer at the identity provider back to ${expected}. If the change is meant to stay, enter ${found} as discoveryURL, together with clientSecret, and permit the members of ${expected} to relink (docs/members.md).`,
      };
    case 'issuer_changed':
      return {
        whatHappened: `The issuer changed from ${expected} to ${found} while the member was at the identity provider.`,
        whatToDo: 'The member signs in again.',
      };
    default:
      return {
        whatHappened: `The discovery document names the issuer ${found}, but discoveryURL stands for ${expected}.`,
        whatToDo: `Compare the two spellings, final slash included. If discoveryURL is wrong, enter the issuer exactly as the identity provider spells it. If ${found} is right but has no discovery document of its own, as with Azure AD B2C and Entra External ID, set configurationType to custom and enter that issuer and the endpoints.`,
      };
  }
}

// The sender of an unverified response may have written these words, so they are marked.
function withUnverified(text: string, facts: FailureFacts): string {
  const words = ownWords(facts);
  return words === undefined ? text : `${text} Unverified, the response says: "${words}".`;
}
