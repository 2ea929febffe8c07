import type { ErrorCode } from '../contract/errors.ts';
import type { Explanation } from '../contract/login-attempts.ts';
import type { FailureFacts } from './failure-facts.ts';

/** What a refused sign-in means for the admin: in words, from the code and the facts of its record. */
type Explain = (facts: FailureFacts) => Explanation;

const fixed =
  (whatHappened: string, whatToDo: string | null): Explain =>
  () => ({ whatHappened, whatToDo });

/** Every code that can end an attempt. What the provider means by its own errors comes from its profile, if it can. */
const explanations: Partial<Readonly<Record<ErrorCode, Explain>>> = {
  config_changed: fixed(
    'The configuration was changed or switched off while the member was at the identity provider.',
    'Nothing. The member starts again.',
  ),
  callback_malformed: ({ parameter }) => ({
    whatHappened: `What the browser brought back is no answer to this sign-in${parameter === undefined ? '' : `: the parameter ${parameter} is missing, repeated or foreign`}.`,
    whatToDo:
      'The member starts again. If it stays: the application at the identity provider has to use the authorization code flow and answer in the query.',
  }),
  idp_denied: fixed(
    'The identity provider, or the member at it, said no.',
    'Assign the application to the member or their group at the identity provider, and grant its consent.',
  ),
  idp_error: ({ error, status }) => ({
    whatHappened: `The identity provider answered with an error${error === undefined ? '' : `: ${error}`}${status === undefined ? '' : ` (status ${status})`}.`,
    whatToDo: 'Look the error up in the log of the identity provider; its own words are in this record.',
  }),
  idp_unreachable: ({ step, host, status }) => ({
    whatHappened: `The identity provider ${status === undefined ? 'gave no answer in time' : `answered with status ${status}`} at ${placeOf(step)}${host === undefined ? '' : ` (${host})`}.`,
    whatToDo:
      status === undefined
        ? 'Check that its address is right and that it can be reached from this server. An address in a private network has to be allowed by the operator, with SALLYPORT_OUTBOUND_ALLOW.'
        : 'Check that its address is right and that it is in good health.',
  }),
  idp_busy: fixed(
    'Too many sign-ins of this organization were waiting for its identity provider.',
    'The identity provider is slow. The member tries again in a moment.',
  ),
  idp_address_refused: ({ field, host }) => ({
    whatHappened: `This server may not call the address of the identity provider${field === undefined ? '' : ` (${field})`}${host === undefined ? '' : ` (${host})`}.`,
    whatToDo:
      'Use a public https address, or ask the operator of this server to allow it with SALLYPORT_OUTBOUND_ALLOW.',
  }),
  idp_tls_refused: ({ host, reason }) => ({
    whatHappened: `The certificate of the identity provider${host === undefined ? '' : ` at ${host}`} could not be verified${reason === undefined ? '' : ` (${reason})`}.`,
    whatToDo: 'Renew the certificate, and have it name this host and come with its whole chain.',
  }),
  idp_response_invalid: ({ step, reason, field }) => ({
    whatHappened: `What the identity provider sent at ${placeOf(step)} cannot be used${reason === undefined ? '' : ` (${reason}${field === undefined ? '' : `: ${field}`})`}.`,
    whatToDo:
      step === 'discovery'
        ? 'Check discoveryURL: it has to lead to the discovery document of your tenant.'
        : 'Check the endpoints of the configuration, then ask the vendor of the identity provider.',
  }),
  idp_issuer_mismatch: ({ expected, found }) => ({
    whatHappened: `The issuer is ${found ?? 'not named'}, but the configuration stands for ${expected ?? 'another'}.`,
    whatToDo:
      'Enter the discoveryURL or issuer exactly as the identity provider spells its issuer, final slash included.',
  }),
  idp_issuer_is_template: fixed(
    'The discovery document is one that many tenants share, so it names no issuer of its own.',
    'Enter the discoveryURL with the id of your own tenant in it.',
  ),
  idp_client_refused: ({ method }) => clientRefused(method),
  idp_code_refused: fixed(
    'The identity provider did not accept the code that it had given the browser.',
    'The member starts again. If it stays: the redirect URI registered there has to be the callback of this server.',
  ),
  id_token_missing: fixed(
    'The identity provider sent no ID token.',
    'Make the application one of OpenID Connect, with the scope openid allowed.',
  ),
  id_token_algorithm_mismatch: ({ expected, found }) => ({
    whatHappened: `The ID token is signed with ${found ?? 'no algorithm'}, but ${expected ?? 'another'} is configured.`,
    whatToDo: `Set jwtSignatureAlgorithm to ${found ?? 'what the identity provider signs with'} if that is what it should sign with, or change the algorithm at the identity provider.`,
  }),
  id_token_signature_invalid: ({ reason }) => ({
    whatHappened: `No key of the identity provider verifies the signature of the ID token${reason === undefined ? '' : ` (${reason})`}.`,
    whatToDo:
      'Check that the keys published at jwksUri are those that it signs with. With HS256, clientSecret is the key and has to be the current one.',
  }),
  id_token_invalid: ({ check, expected, found }) => ({
    whatHappened: `The check ${check ?? 'of the ID token'} failed: expected ${expected ?? 'another value'}, found ${found ?? 'something else'}.`,
    whatToDo: remedyOfClaim(check),
  }),
  id_token_not_current: ({ check, expected, found }) => ({
    whatHappened: `The ID token is not of now: ${check ?? 'its time'} is ${found ?? 'another'}, expected ${expected ?? 'a current time'}.`,
    whatToDo: 'Set the clocks of the identity provider and of this server by NTP.',
  }),
  authentication_too_weak: ({ expected, found }) => ({
    whatHappened: `The member signed in at the identity provider by ${found ?? 'no named way'}, and ${expected ?? 'another'} is required (acr).`,
    whatToDo: 'Require that way of signing in at the identity provider for this application, or change acrValues.',
  }),
  authentication_too_old: ({ expected, found }) => ({
    whatHappened: `The member signed in at the identity provider at ${found ?? 'another time'}, required is ${expected ?? 'later'} (auth_time).`,
    whatToDo: 'Have the identity provider heed max_age, or make maxAgeSeconds longer.',
  }),
  required_claim_missing: ({ claim, state, expected, found }) => ({
    whatHappened: `The claim ${claim ?? 'that is required'} is ${state ?? 'not as required'} in the ID token${expected === undefined ? '' : `: expected ${expected}, found ${found ?? 'something else'}`}.`,
    whatToDo: `If the member may sign in, have the identity provider put the claim ${claim ?? ''} into the ID token with a value that requiredClaims accepts. The comparison is exact, including case.`,
  }),
  userinfo_subject_mismatch: fixed(
    'The userinfo endpoint spoke of another subject than the ID token.',
    'Ask the vendor of the identity provider; both have to name one person by the same sub.',
  ),
  subject_invalid: fixed(
    'The identity provider sent no usable sub.',
    'Map sub to an identifier of the person that never changes, of at most 255 visible characters.',
  ),
  email_missing: ({ claim = 'email' }) => ({
    whatHappened: `Neither the ID token nor userinfo has an e-mail address in the claim ${claim}.`,
    whatToDo: `Release the claim ${claim} to this application and give the person an address at the identity provider, or name the claim that holds the address in emailClaims.`,
  }),
  email_invalid: ({ reason, claim = 'email' }) => ({
    whatHappened:
      reason === 'several_values'
        ? `The claim ${claim} holds several values, and none of them can be preferred.`
        : `The claim ${claim} holds no usable e-mail address${reason === undefined ? '' : ` (${reason})`}.`,
    whatToDo: `Map the claim ${claim} to the one e-mail address of the person, or name another claim in emailClaims.`,
  }),
  email_domain_not_allowed: ({ domain }) => ({
    whatHappened: `An address of ${domain ?? 'another domain'} came, and the configuration does not let that domain in.`,
    whatToDo: `If its people may sign in, add ${domain ?? 'the domain'} to allowedEmailDomains; else give the person an address of an allowed domain.`,
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

function clientRefused(method: FailureFacts['method']): Explanation {
  switch (method) {
    case 'private_key_jwt':
      return {
        whatHappened: 'The identity provider does not accept the client id, or the key that signs for this server.',
        whatToDo:
          'Register the JWK Set URL that client-keys shows at the identity provider, or upload the certificate that it shows, with private_key_jwt as the method. Check clientId as well.',
      };
    case 'none':
      return {
        whatHappened: 'The identity provider does not accept the client id, or not without client authentication.',
        whatToDo:
          'Register the application as a public client with PKCE, or set tokenEndpointAuthMethod to another method and store the client secret. Check clientId as well.',
      };
    default:
      return {
        whatHappened: `The identity provider does not accept the client id or the client secret${method === undefined ? '' : ` (sent by ${method})`}.`,
        whatToDo:
          'Make a new client secret at the identity provider and store it as clientSecret; check clientId and tokenEndpointAuthMethod with it.',
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

function remedyOfClaim(check: FailureFacts['check']): string {
  switch (check) {
    case 'iss':
      return 'Enter the discoveryURL or issuer exactly as the identity provider spells its issuer.';
    case 'aud':
    case 'azp':
      return 'Store the client id of this application as clientId: the token was issued for another.';
    case 'nonce':
      return 'The member starts again. If it stays, the identity provider does not repeat the nonce, which it has to.';
    default:
      return 'Ask the vendor of the identity provider; OpenID Connect Core, section 3.1.3.7, says what has to be there.';
  }
}

function placeOf(step: FailureFacts['step']): string {
  switch (step) {
    case 'discovery':
      return 'its discovery document';
    case 'keys':
      return 'its keys';
    case 'userinfo':
      return 'its userinfo endpoint';
    default:
      return 'its token endpoint';
  }
}
