import { type Explain, explained, inParentheses, placeOf, withProviderError } from './explanation.ts';

/** Explanations of sign-ins that the browser, the network, the account or the invitation stopped. */
export const signInExplanations = {
  unexpected: explained(
    'The server failed.',
    'Ask the operator of this server to look up the cause in the log, by the id of this attempt.',
  ),
  storage_unavailable: explained(
    'The database of this server did not respond.',
    'The member tries again. If it keeps happening, ask the operator of this server.',
  ),
  config_changed: explained(
    'The connection was changed or deactivated while the member was at the identity provider.',
    'No change is needed. The member signs in again.',
  ),

  'callback_malformed.state': explained(
    'The browser returned an authorization response with another state, or with none.',
    'The member starts the sign-in here, not at a bookmark of the identity provider. If it happens every time, the identity provider does not return state unchanged, as it must.',
  ),
  'callback_malformed.unasked_parameter': ({ parameter }) => ({
    whatHappened: `The authorization response has the parameter ${parameter ?? 'of another flow'}, which belongs to another flow.`,
    whatToDo:
      'Let the application use only the authorization code flow (response_type code, response_mode query): no implicit or hybrid flow, and no JARM.',
  }),
  'callback_malformed.code_or_error': explained(
    'The authorization response has neither a code nor an error, or it has both.',
    'Let the application use the authorization code flow, with the response in the query of the redirect URI and not in its fragment.',
  ),
  'callback_malformed.too_long': ({ parameter }) => ({
    whatHappened: `The parameter ${parameter ?? 'of the authorization response'} is too long.`,
    whatToDo: 'Ask the vendor of the identity provider for a shorter value.',
  }),
  callback_malformed: ({ parameter }) => ({
    whatHappened: `The authorization response has the parameter ${parameter ?? 'of a code response'} more than once.`,
    whatToDo:
      'Check that the redirect URI that is registered at the identity provider has no query. Then ask the vendor of the identity provider.',
  }),

  idp_denied: (failure) => ({
    whatHappened: withProviderError('The identity provider denied the sign-in, or the member cancelled it.', failure),
    whatToDo:
      'At the identity provider, assign the application to the member or to one of their groups, and grant its consent.',
  }),
  idp_error: (failure) => ({
    whatHappened: withProviderError(
      `The identity provider responded with an error${failure.status === undefined ? '' : ` (status ${failure.status})`}.`,
      failure,
    ),
    whatToDo: 'Look up the error in the log of the identity provider.',
  }),
  'idp_unreachable.status': (failure) => ({
    whatHappened: `The identity provider responded with status ${failure.status} at ${placeOf(failure)}${inParentheses(failure.host)}.`,
    whatToDo: 'The identity provider is overloaded or has a fault. Look at its log and its status page.',
  }),
  idp_unreachable: (failure) => ({
    whatHappened: `The identity provider did not respond in time at ${placeOf(failure)}${inParentheses(failure.host)}.`,
    whatToDo: `If other endpoints of the identity provider respond, it is slow: it has ${failure.step === 'token' || failure.step === undefined ? 15 : 10} seconds. Otherwise check the address, and check that this server can reach it. The operator has to allow an address in a private network with SALLYPORT_OUTBOUND_ALLOW.`,
  }),
  idp_busy: explained(
    'Too many sign-ins of this organization were waiting for its identity provider.',
    'The identity provider is slow. The member tries again in a moment.',
  ),
  idp_paused: (failure) => ({
    whatHappened: `The identity provider failed several times in a row at ${placeOf(failure)}${inParentheses(failure.host)}, so requests to it are paused for up to a minute.`,
    whatToDo: 'Look at the records before this one: they show what failed. The member tries again in a minute.',
  }),
  idp_address_refused: ({ field, host }) => ({
    whatHappened: `This server may not call an address of the identity provider${inParentheses(field)}${inParentheses(host)}.`,
    whatToDo:
      'Use a public https address, or ask the operator of this server to allow it with SALLYPORT_OUTBOUND_ALLOW.',
  }),
  idp_tls_refused: ({ host, reason }) => ({
    whatHappened: `The certificate of the identity provider${host === undefined ? '' : ` at ${host}`} could not be verified${inParentheses(reason)}.`,
    whatToDo:
      'Renew the certificate. It must name this host and be sent with its whole chain. If a private certificate authority issued it, ask the operator of this server to trust that authority (docs/outbound.md).',
  }),

  email_missing: ({ claim = 'email' }) => ({
    whatHappened: `Neither the ID token nor userinfo has an e-mail address (claim ${claim}).`,
    whatToDo: `Release the claim ${claim} to this application, and check that the user has an address at the identity provider. If the address is in another claim, name that claim in emailClaims.`,
  }),
  'email_missing.not_requested': ({ claim = 'email' }) => ({
    whatHappened: `The ID token has no e-mail address, and userinfo was not requested (claim ${claim}).`,
    whatToDo: `Release the claim ${claim} to this application, and check that the user has an address at the identity provider. If the address is only in userinfo, let userinfo be requested: the option userinfo, and a userinfo endpoint. If the address is in another claim, name that claim in emailClaims.`,
  }),
  email_invalid: ({ claim = 'email', reason }) => ({
    whatHappened: `The claim ${claim} holds no e-mail address that can be used: ${emailFault(reason)}.`,
    whatToDo: `Map the claim ${claim} to one e-mail address of the user. If another claim has it, name that claim in emailClaims.`,
  }),
  'email_invalid.local_part': ({ claim = 'email' }) => ({
    whatHappened: `The claim ${claim} holds no e-mail address that can be used: before the @ it has blanks, quotation marks, letters outside ASCII or other characters that are not supported.`,
    whatToDo:
      'Give the user an address with only ASCII letters, digits and the usual signs before the @. If another claim has one, name that claim in emailClaims.',
  }),
  email_domain_not_allowed: ({ domain = 'The domain of the address' }) => ({
    whatHappened: `${domain} is not in allowedEmailDomains.`,
    whatToDo: `If its users may sign in, add ${domain} to allowedEmailDomains. Otherwise give the user an address of an allowed domain.`,
  }),
  'account_link_required.other_identity': explained(
    'A member with this e-mail address signs in with another account of the identity provider.',
    'Let the user sign in with that account. If this account belongs to the same user, allow the member to relink (docs/members.md).',
  ),
  'account_link_required.address_not_verified': explained(
    'A member has this e-mail address, and the identity provider says that the address is not verified.',
    'Have the identity provider verify the address of the user (email_verified), or remove the member.',
  ),
  account_link_required: ({ domain = 'the domain of the address' }) => ({
    whatHappened: `A member has this e-mail address, and this organization has not verified ${domain}.`,
    whatToDo: `Verify ${domain} (docs/email-domains.md). The next sign-in then links the user to the member.`,
  }),
  'member_inactive.membership_removed': explained(
    'The user was removed from the organization. Signing in does not add them again.',
    'Send the user an invitation.',
  ),
  member_inactive: explained('The membership of the user is deactivated.', 'Activate the membership.'),
  invitation_required: explained(
    'This organization admits invited users only, and there is no invitation for this address.',
    'Send the user an invitation, or set the provisioning policy to just-in-time.',
  ),
  invitation_address_mismatch: explained(
    'The user opened an invitation for another e-mail address than the one that they signed in with.',
    'Send an invitation to the address that the identity provider sends for the user.',
  ),
  invitation_not_open: explained(
    'The invitation was accepted or revoked, or it has expired.',
    'Send the user a new invitation.',
  ),
  email_domain_not_verified: ({ domain = 'the domain of the address' }) => ({
    whatHappened: `This organization admits only users of its verified domains, and ${domain} is not verified.`,
    whatToDo: `Verify ${domain} (docs/email-domains.md), or change the provisioning policy.`,
  }),
  email_not_verified: explained(
    'This organization admits only verified addresses, and the identity provider says that this one is not verified.',
    'Have the identity provider verify the address of the user (email_verified), or change the provisioning policy.',
  ),
} as const satisfies Readonly<Record<string, Explain>>;

const emailFaults: Readonly<Record<string, string>> = {
  not_a_string: 'it is not a string',
  several_values: 'it has several values, and none of them is marked as the preferred one',
  too_long: 'it is too long',
  at_sign: 'it does not have exactly one @',
};

function emailFault(reason: string | undefined): string {
  if (reason === undefined) return 'it is not an address';
  return emailFaults[reason] ?? `its domain is wrong (${reason})`;
}
