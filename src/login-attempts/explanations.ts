import type { ErrorCode } from '../contract/errors.ts';
import type { Explanation } from '../contract/login-attempts.ts';
import { explainCallback, explainIssuer, explainUnreachable, placeOf } from './explain-answer.ts';
import { explainAlgorithm, explainClaim, explainSignature, explainTime } from './explain-claim.ts';
import { explainInvalidEmail, explainMissingEmail } from './explain-email.ts';
import { explainInvalidResponse } from './explain-invalid-response.ts';
import { type FailureFacts, withWords } from './failure-facts.ts';

/** What a refused sign-in means for the admin: in words, from the code and the facts of its record. */
type Explain = (facts: FailureFacts) => Explanation;

const fixed =
  (whatHappened: string, whatToDo: string | null): Explain =>
  () => ({ whatHappened, whatToDo });

/** Every code that can end an attempt. What a provider means by its own errors comes from its profile, if it can. */
const explanations: Partial<Readonly<Record<ErrorCode, Explain>>> = {
  config_changed: fixed(
    'The configuration was changed or switched off while the member was at the identity provider.',
    'Nothing needs to be changed. The member signs in again.',
  ),
  callback_malformed: explainCallback,
  idp_denied: (facts) => ({
    whatHappened: withWords('The identity provider denied the sign-in, or the member cancelled it.', facts),
    whatToDo:
      'Assign the application to the member or to a group of theirs at the identity provider, and grant its consent.',
  }),
  idp_error: ({ status, ...facts }) => ({
    whatHappened: withWords(
      `The identity provider answered with an error${status === undefined ? '' : ` (status ${status})`}.`,
      facts,
    ),
    whatToDo: 'Look the error up in the log of the identity provider.',
  }),
  idp_unreachable: explainUnreachable,
  idp_busy: fixed(
    'Too many sign-ins of this organization were waiting for its identity provider.',
    'The identity provider is slow. The member tries again in a moment.',
  ),
  idp_paused: ({ step, host }) => ({
    whatHappened: `The identity provider failed several times in a row at ${placeOf(step)}${host === undefined ? '' : ` (${host})`}, so requests to it are paused for up to a minute.`,
    whatToDo: 'Look at the records before this one: they say what failed. The member tries again in a minute.',
  }),
  idp_address_refused: ({ field, host }) => ({
    whatHappened: `This server may not call an address of the identity provider${field === undefined ? '' : ` (${field})`}${host === undefined ? '' : ` (${host})`}.`,
    whatToDo:
      'Use a public https address, or ask the operator of this server to allow it with SALLYPORT_OUTBOUND_ALLOW.',
  }),
  idp_tls_refused: ({ host, reason }) => ({
    whatHappened: `The certificate of the identity provider${host === undefined ? '' : ` at ${host}`} could not be verified${reason === undefined ? '' : ` (${reason})`}.`,
    whatToDo:
      'Renew the certificate. It must name this host and come with its whole chain. For a certificate of a private authority, the operator of this server adds that authority (docs/outbound.md).',
  }),
  idp_response_invalid: (facts) => explainInvalidResponse(facts, placeOf(facts.step)),
  idp_issuer_mismatch: explainIssuer,
  idp_issuer_is_template: fixed(
    'The discovery document is one that many tenants share, so it names no issuer of its own.',
    'Enter the discoveryURL with the id of your own tenant in it.',
  ),
  idp_client_refused: ({ method, ...facts }) => clientRefused(method, facts),
  idp_code_refused: (facts) => ({
    whatHappened: withWords('The identity provider did not accept the code that it had given the browser.', facts),
    whatToDo:
      'The member signs in again. If it happens every time, check that the redirect URI that is registered there is the callback of this server.',
  }),
  id_token_missing: fixed(
    'The identity provider sent no ID token.',
    'Make the application one of OpenID Connect, with the scope openid allowed.',
  ),
  id_token_algorithm_mismatch: explainAlgorithm,
  id_token_signature_invalid: explainSignature,
  id_token_invalid: explainClaim,
  id_token_not_current: explainTime,
  authentication_too_weak: ({ expected, found }) => ({
    whatHappened: `The member signed in at the identity provider with acr ${found ?? 'none'}, and acrValues requires ${expected ?? 'another'}.`,
    whatToDo: 'Require that way of signing in at the identity provider for this application, or change acrValues.',
  }),
  authentication_too_old: ({ expected, found }) => ({
    whatHappened: `The member signed in at the identity provider at ${found ?? 'another time'} (auth_time), expected ${expected ?? 'later'}.`,
    whatToDo: 'Let the identity provider respect max_age, or make maxAgeSeconds longer.',
  }),
  required_claim_missing: ({ claim, state, expected, found }) => ({
    whatHappened: `The claim ${claim ?? 'that is required'} is ${state ?? 'not as required'} in the ID token${expected === undefined ? '' : `: expected ${expected}, found ${found ?? 'something else'}`}.`,
    whatToDo: `If the member may sign in, have the identity provider put the claim ${claim ?? ''} into the ID token with a value that requiredClaims accepts. The comparison is exact, including case.`,
  }),
  userinfo_subject_mismatch: ({ reason }) => ({
    whatHappened:
      reason === 'sub_absent'
        ? 'The userinfo response has no sub, so it does not say whom it is about.'
        : 'The userinfo response is about another subject than the ID token.',
    whatToDo:
      'Ask the vendor of the identity provider: both must name the person by the same sub. If the ID token has every claim that is needed, set userinfo to never.',
  }),
  subject_invalid: ({ found }) => ({
    whatHappened: `The ID token has no usable sub${found === undefined ? '' : ` (found: ${found})`}.`,
    whatToDo: 'Map sub to an identifier of the person that never changes, of at most 255 visible characters.',
  }),
  email_missing: explainMissingEmail,
  email_invalid: explainInvalidEmail,
  email_domain_not_allowed: ({ domain }) => ({
    whatHappened: `${domain ?? 'The domain of the address'} is not in allowedEmailDomains, so the configuration does not let that domain in.`,
    whatToDo: `If its people may sign in, add ${domain ?? 'the domain'} to allowedEmailDomains. Otherwise give the person an address of an allowed domain.`,
  }),
  account_link_required: ({ reason, domain }) => ({
    whatHappened: 'A member has this e-mail address already, and signing in may not make the person that member.',
    whatToDo:
      reason === 'other_identity'
        ? 'The member signs in with another account of the identity provider. Let the person use that account, or allow the member to relink when this one is theirs too (docs/members.md).'
        : reason === 'address_not_verified'
          ? 'Have the identity provider verify the address of the person (email_verified), or remove the member.'
          : `Prove that ${domain ?? 'the domain'} is yours (e-mail domains); then the two are linked at the next sign-in.`,
  }),
  member_inactive: ({ reason }) => ({
    whatHappened:
      reason === 'membership_removed'
        ? 'The person was removed from the organization, and signing in does not bring them back.'
        : 'The membership of the person is switched off.',
    whatToDo: reason === 'membership_removed' ? 'Add them as a member again.' : 'Switch the membership on again.',
  }),
  invitation_required: fixed(
    'This organization admits only people who were invited, and nobody has invited this address.',
    'Invite the person, or set the admission policy to just-in-time.',
  ),
  invitation_address_mismatch: fixed(
    'The person followed an invitation that is for another address than the one that they signed in with.',
    'Invite the address that the identity provider sends for the person.',
  ),
  invitation_not_open: fixed('The invitation was used, withdrawn or is too old.', 'Invite the person anew.'),
  email_domain_not_verified: ({ domain }) => ({
    whatHappened: `This organization admits only people of its proved domains, and ${domain ?? 'that of the address'} is none.`,
    whatToDo: `Prove that ${domain ?? 'the domain'} is yours (e-mail domains), or change the admission policy.`,
  }),
  email_not_verified: fixed(
    'This organization admits only verified addresses, and the identity provider calls this one unverified.',
    'Have the identity provider verify the address of the person (email_verified), or change the admission policy.',
  ),
  storage_unavailable: fixed(
    'The database of this server did not answer.',
    'The operator of this server looks into it.',
  ),
};

function clientRefused(method: FailureFacts['method'], facts: FailureFacts): Explanation {
  switch (method) {
    case 'private_key_jwt':
      return {
        whatHappened: withWords(
          'The identity provider does not accept the client id, or the key that signs for this server.',
          facts,
        ),
        whatToDo:
          'Register the JWK Set URL that client-keys shows at the identity provider, or upload the certificate that it shows, with private_key_jwt as the method. Check clientId as well.',
      };
    case 'none':
      return {
        whatHappened: withWords(
          'The identity provider does not accept the client id, or not without client authentication.',
          facts,
        ),
        whatToDo:
          'Register the application as a public client with PKCE, or set tokenEndpointAuthMethod to another method and store the client secret. Check clientId as well.',
      };
    default:
      return {
        whatHappened: withWords(
          `The identity provider does not accept the client id or the client secret${method === undefined ? '' : ` (sent by ${method})`}.`,
          facts,
        ),
        whatToDo:
          'Make a new client secret at the identity provider and store it as clientSecret. Check clientId and tokenEndpointAuthMethod too.',
      };
  }
}

const unexpected = fixed(
  'Something went wrong in this server.',
  'The operator of this server finds the cause in the log, under the id of this attempt.',
);

/** What a refusal means, from its code and what its record holds. */
export function explainRefusal(code: ErrorCode | undefined, facts: FailureFacts): Explanation {
  const explain = code === undefined ? undefined : explanations[code];
  return (explain ?? unexpected)(facts);
}
