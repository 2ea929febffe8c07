import { signatureAlgorithms } from '../contract/algorithms.ts';
import type { Explanation } from '../contract/login-attempts.ts';
import type { FailureFacts } from './failure-facts.ts';

const adviceOnSeconds =
  'Ask the vendor of the identity provider: times in tokens are numbers of seconds since 1970 (RFC 7519, section 2).';
const adviceOnHashes =
  'Ask the vendor of the identity provider: the claim must be the left half of the hash that belongs to the signature algorithm (OpenID Connect Core, section 3.1.3.6).';

/** What it means that a check of an ID token failed. */
export function explainClaim(facts: FailureFacts): Explanation {
  const { check, expected, found, library } = facts;
  if (check === 'form') return explainForm(found);
  if (check === 'aud' && facts.audience !== undefined) return explainAudience(facts.audience);
  if (check === 'library' || check === undefined || (expected === undefined && found === undefined)) {
    const code = library === undefined ? '' : ` (${library})`;
    return { whatHappened: `The ID token failed ${nameOf(check)}${code}.`, whatToDo: remedyOf(facts) };
  }
  const values = expected === undefined ? `found ${found}` : `expected ${expected}, found ${found ?? 'none'}`;
  return { whatHappened: `${nameOf(check, 'The')} failed: ${values}.`, whatToDo: remedyOf(facts) };
}

function nameOf(check: FailureFacts['check'], article = 'the'): string {
  return check === undefined || check === 'library' ? `${article} check of its form` : `${article} check of ${check}`;
}

// A token that this server cannot read is a fault of its form only at first sight: each form has a setting behind it.
function explainForm(found: FailureFacts['found']): Explanation {
  const whatHappened = `The identity provider sent no signed ID token: ${found ?? 'something else'}.`;
  const form = String(found);
  if (form.startsWith('five parts')) {
    return {
      whatHappened,
      whatToDo: 'Switch the encryption of ID tokens off for this application. Signed ones are enough.',
    };
  }
  if (form.startsWith('no signature') || form.startsWith('two parts')) {
    return {
      whatHappened,
      whatToDo: `Let the identity provider sign ID tokens for this application with the algorithm in jwtSignatureAlgorithm. The algorithm none is never accepted.`,
    };
  }
  return {
    whatHappened,
    whatToDo: 'Check that tokenEndpoint is the token endpoint of an OpenID Connect provider, then ask its vendor.',
  };
}

function explainAudience(audience: string | number): Explanation {
  return {
    whatHappened: `The ID token is for this client, and also for audiences that are not trusted: ${audience}.`,
    whatToDo: `If these applications belong to you, and may receive the same ID tokens, add ${audience} to trustedAudiences. Otherwise issue the token for this client only.`,
  };
}

/** What it means that a token is signed with another algorithm than the one that is stored. */
export function explainAlgorithm({ expected = 'another', found }: FailureFacts): Explanation {
  const whatHappened = `The ID token is signed with ${found ?? 'no algorithm'}, but ${expected} is configured.`;
  const stored = signatureAlgorithms.find((name) => name === (found === 'Ed25519' ? 'EdDSA' : found));
  if (stored !== undefined) {
    return {
      whatHappened,
      whatToDo: `Set jwtSignatureAlgorithm to ${stored} if that is what the identity provider should sign with. Otherwise change the algorithm at the identity provider to ${expected}.`,
    };
  }
  const named = found === undefined || found === 'none' ? 'An ID token without a signature' : String(found);
  return {
    whatHappened,
    whatToDo: `${named} is not supported here. Choose one of these at the identity provider, and store the same as jwtSignatureAlgorithm: ${signatureAlgorithms.join(', ')}.`,
  };
}

/** What it means that a token is not valid now. */
export function explainTime({ check, reason, expected, found }: FailureFacts): Explanation {
  const name = check ?? 'its time';
  const whatHappened = `The ID token is not valid now: ${name} is ${found ?? 'another time'}, expected ${expected ?? 'a current time'}.`;
  return reason === 'milliseconds'
    ? { whatHappened, whatToDo: adviceOnSeconds }
    : { whatHappened, whatToDo: 'Synchronize the clocks of the identity provider and of this server (NTP).' };
}

/** What it means that no key verifies a signature. */
export function explainSignature({ reason, keys }: FailureFacts): Explanation {
  switch (reason) {
    case 'no_such_key':
      return {
        whatHappened:
          'The key set of the identity provider has no key with the kid of the ID token for the configured algorithm.',
        whatToDo:
          'Check that jwksUri is the key set of the provider that signs, and that the key for jwtSignatureAlgorithm is published there.',
      };
    case 'not_signed_by_key':
      return {
        whatHappened: `No key of the identity provider made the signature of the ID token (${keys ?? 'some'} tried).`,
        whatToDo:
          'Check that the keys that are published at jwksUri are those that the identity provider signs with. A proxy may serve an old key set.',
      };
    default:
      return {
        whatHappened: 'The ID token is not signed with the client secret.',
        whatToDo:
          'With HS256 the client secret is the key. Store the current client secret of this application as clientSecret.',
      };
  }
}

const remedies: Readonly<Record<string, string>> = {
  iss: 'Enter the discoveryURL or issuer exactly as the identity provider spells its issuer, final slash included. If members have signed in with the other spelling, permit them to relink (docs/members.md). If the issuer of its tokens is not the address of its discovery document, set configurationType to custom.',
  aud: 'Store the client id of this application as clientId: the token was issued for another.',
  azp: 'The claim azp names the client that the token was issued to, and must be there if a token has several audiences. If that client is this application, store its id as clientId. Otherwise let the identity provider issue tokens to this client.',
  exp: adviceOnSeconds,
  nbf: adviceOnSeconds,
  iat: adviceOnSeconds,
  auth_time: adviceOnSeconds,
  nonce:
    'The member signs in again. If it happens every time, the identity provider does not return the nonce of the request, as it must.',
  at_hash: adviceOnHashes,
  c_hash: adviceOnHashes,
  s_hash: adviceOnHashes,
  typ: 'The identity provider sent another kind of token as id_token, such as an access token. Ask its vendor.',
  events: 'The identity provider sent a logout token as id_token. Ask its vendor.',
};

function remedyOf({ check, found }: FailureFacts): string {
  if (check === 'auth_time' && found === 'none') {
    return 'maxAgeSeconds is set, so the ID token must say when the person signed in (auth_time). Let the identity provider send the claim, or set maxAgeSeconds to -1.';
  }
  return (
    remedies[String(check)] ??
    'Ask the vendor of the identity provider. OpenID Connect Core, section 3.1.3.7, says what an ID token must have.'
  );
}
