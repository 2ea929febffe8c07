import { signatureAlgorithms } from '../../contract/algorithms.ts';
import type { FailureFacts } from '../../contract/attempt-facts.ts';
import { type Explain, explained, inParentheses, said } from './explanation.ts';

const adviceOnSeconds =
  'Ask the vendor of the identity provider: times in tokens are numbers of seconds since 1970 (RFC 7519, section 2).';
const adviceOnHashes =
  'Ask the vendor of the identity provider: the claim must be the left half of the hash that belongs to the signature algorithm (OpenID Connect Core, section 3.1.3.6).';
const adviceOnClocks = 'Synchronize the clocks of the identity provider and of this server (NTP).';
const adviceOnAlgorithms = `Choose one of these at the identity provider, and store the same as jwtSignatureAlgorithm: ${signatureAlgorithms.join(', ')}.`;
const adviceOnVendor =
  'Ask the vendor of the identity provider. OpenID Connect Core, section 3.1.3.7, lists what an ID token must have.';

const failedCheck =
  (whatToDo: string): Explain =>
  ({ check, expected, found }) => ({
    whatHappened: `The check of ${check} failed: ${expected === undefined ? '' : `expected ${said(expected, '')}, `}found ${said(found, 'none')}.`,
    whatToDo,
  });

const wrongForm =
  (whatToDo: string): Explain =>
  ({ found }) => ({
    whatHappened: `The identity provider sent no signed ID token: ${said(found, 'something else')}.`,
    whatToDo,
  });

const notCurrent =
  (whatToDo: string): Explain =>
  ({ check, expected, found }) => ({
    whatHappened: `The ID token is not valid at this time: ${check ?? 'its time'} is ${said(found, 'another time')}, expected ${said(expected, 'a current time')}.`,
    whatToDo,
  });

const wrongAlgorithm = ({ expected, found }: FailureFacts): string =>
  `The ID token is signed with ${said(found, 'no algorithm')}, but ${said(expected, 'another')} is configured.`;

/** Explanations of ID tokens and userinfo that fail a check. */
export const idTokenExplanations = {
  id_token_missing: explained(
    'The identity provider sent no ID token.',
    'Make the application an OpenID Connect application, and allow the scope openid for it.',
  ),

  'id_token_invalid.token_encrypted': wrongForm(
    'Turn encryption of ID tokens off for this application. A signed ID token is enough.',
  ),
  'id_token_invalid.not_signed': wrongForm(
    'Let the identity provider sign ID tokens for this application with the algorithm in jwtSignatureAlgorithm. The algorithm none is never accepted.',
  ),
  'id_token_invalid.form': wrongForm(
    'Check that tokenEndpoint is the token endpoint of an OpenID Connect provider. Then ask the vendor of the identity provider.',
  ),
  'id_token_invalid.untrusted_audience': ({ audience }) => ({
    whatHappened: `The ID token is for this client, and also for audiences that are not trusted: ${audience}.`,
    whatToDo: `If these applications belong to you and may receive the same ID tokens, add ${audience} to trustedAudiences. Otherwise issue the token for this client only.`,
  }),
  'id_token_invalid.iss': failedCheck(
    'Enter the discoveryURL or issuer exactly as the identity provider spells its issuer, final slash included. If members have signed in with the other spelling, allow them to relink (docs/members.md). If the issuer of its tokens is not the address of its discovery document, set configurationType to custom.',
  ),
  'id_token_invalid.aud': failedCheck(
    'Store the client id of this application as clientId: the token was issued for another.',
  ),
  'id_token_invalid.azp': failedCheck(
    'The claim azp names the client that the token was issued to, and it is required if a token has several audiences. If that client is this application, store its id as clientId. Otherwise let the identity provider issue tokens to this client.',
  ),
  'id_token_invalid.time': failedCheck(adviceOnSeconds),
  'id_token_invalid.auth_time_absent': failedCheck(
    'maxAgeSeconds is set, so the ID token must say when the user signed in (auth_time). Let the identity provider send the claim, or set maxAgeSeconds to -1.',
  ),
  'id_token_invalid.nonce': failedCheck(
    'The member signs in again. If it happens every time, the identity provider does not return the nonce of the request, as it must.',
  ),
  'id_token_invalid.hash': failedCheck(adviceOnHashes),
  'id_token_invalid.typ': failedCheck(
    'The identity provider sent another kind of token as id_token, such as an access token. Ask its vendor.',
  ),
  'id_token_invalid.events': failedCheck('The identity provider sent a logout token as id_token. Ask its vendor.'),
  'id_token_invalid.without_facts': ({ check, library }) => ({
    whatHappened: `The ID token failed the check of ${check === undefined || check === 'library' ? 'its form' : check}${inParentheses(library)}.`,
    whatToDo: adviceOnVendor,
  }),
  id_token_invalid: failedCheck(adviceOnVendor),

  'id_token_not_current.milliseconds': notCurrent(adviceOnSeconds),
  id_token_not_current: notCurrent(adviceOnClocks),

  'id_token_algorithm_mismatch.supported': (failure) => ({
    whatHappened: wrongAlgorithm(failure),
    whatToDo: `Set jwtSignatureAlgorithm to ${storedName(said(failure.found, ''))} if the identity provider should sign with it. Otherwise change the algorithm at the identity provider to ${said(failure.expected, 'the configured one')}.`,
  }),
  id_token_algorithm_mismatch: (failure) => ({
    whatHappened: wrongAlgorithm(failure),
    whatToDo: `${said(failure.found, 'This algorithm')} is not supported here. ${adviceOnAlgorithms}`,
  }),
  'id_token_algorithm_mismatch.unsigned': (failure) => ({
    whatHappened: wrongAlgorithm(failure),
    whatToDo: `An ID token without a signature is not supported here. ${adviceOnAlgorithms}`,
  }),

  'id_token_signature_invalid.no_such_key': explained(
    'The JWK Set of the identity provider has no key with the kid of the ID token for the configured algorithm.',
    'Check that jwksUri is the JWK Set of the identity provider that signs, and that it has the key for jwtSignatureAlgorithm.',
  ),
  'id_token_signature_invalid.not_signed_by_key': ({ keys }) => ({
    whatHappened: `The ID token is not signed with a key of the identity provider (${keys ?? 'some'} tried).`,
    whatToDo:
      'Check that the keys at jwksUri are those that the identity provider signs with. A proxy may serve an old JWK Set.',
  }),
  'id_token_signature_invalid.library': ({ library }) => ({
    whatHappened: `Only one of two implementations accepts the signature of the ID token${inParentheses(library)}.`,
    whatToDo: adviceOnVendor,
  }),
  id_token_signature_invalid: explained(
    'The ID token is not signed with the client secret.',
    'With HS256 the client secret is the key. Store the current client secret of this application as clientSecret.',
  ),

  authentication_too_weak: ({ expected, found }) => ({
    whatHappened: `The member signed in at the identity provider with acr ${said(found, 'none')}, and acrValues requires ${said(expected, 'another')}.`,
    whatToDo: 'Require that authentication context at the identity provider for this application, or change acrValues.',
  }),
  authentication_too_old: ({ expected, found }) => ({
    whatHappened: `The member signed in at the identity provider at ${said(found, 'another time')} (auth_time), expected ${said(expected, 'later')}.`,
    whatToDo: 'Let the identity provider respect max_age, or increase maxAgeSeconds.',
  }),
  'required_claim_missing.absent': ({ claim = 'that is required', expected }) => ({
    whatHappened: `The ID token has no claim ${claim}: expected ${said(expected, 'a value')}.`,
    whatToDo: adviceOnClaim(claim),
  }),
  required_claim_missing: ({ claim = 'that is required', expected, found }) => ({
    whatHappened: `The claim ${claim} of the ID token has another value: expected ${said(expected, 'a required value')}, found ${said(found, 'something else')}.`,
    whatToDo: adviceOnClaim(claim),
  }),
  'userinfo_subject_mismatch.sub_absent': explained(
    'The userinfo response has no sub, so it does not say which user it is about.',
    'Ask the vendor of the identity provider: the ID token and userinfo must have the same sub. If the ID token has every claim that is needed, set userinfo to never.',
  ),
  userinfo_subject_mismatch: explained(
    'The userinfo response is about another subject than the ID token.',
    'Ask the vendor of the identity provider: the ID token and userinfo must have the same sub. If the ID token has every claim that is needed, set userinfo to never.',
  ),
  subject_invalid: ({ found }) => ({
    whatHappened: `The ID token has no usable sub${found === undefined ? '' : ` (found: ${said(found, '')})`}.`,
    whatToDo: 'Map sub to an identifier of the user that never changes, of at most 255 visible characters.',
  }),
} as const satisfies Readonly<Record<string, Explain>>;

// Ed25519 is the newer name of EdDSA (RFC 9864).
function storedName(algorithm: string): string {
  return algorithm === 'Ed25519' ? 'EdDSA' : algorithm;
}

function adviceOnClaim(claim: string): string {
  return `If the member may sign in, have the identity provider put the claim ${claim} into the ID token with a value that requiredClaims accepts. The comparison is exact, including case.`;
}
