import type { Advice, Profile } from '../profile.ts';

const application = 'Okta Admin Console › Applications › Applications › the application';

const shared = {
  screens: {
    application,
    clientId: `${application} › General › Client Credentials › Client ID`,
    clientSecret: `${application} › General › Client Credentials › Client secret`,
    redirectUri: `${application} › General › Login › Sign-in redirect URIs`,
    issuer: `${application} › Sign On › OpenID Connect ID Token › Issuer`,
    groupsClaim: `${application} › Sign On › OpenID Connect ID Token › Groups claim filter`,
    assignment: `${application} › Assignments`,
    logs: 'Okta Admin Console › Reports › System Log',
  },
  probe: {
    certainty: 'proof',
    goodSecret: [{ error: 'invalid_grant' }],
    badSecret: [{ error: 'invalid_client' }],
  },
  errors: [
    {
      error: 'access_denied',
      descriptionPart: 'User is not assigned to the client application',
      explanation: 'member_not_assigned',
    },
    { error: 'access_denied', descriptionPart: 'Policy evaluation failed', explanation: 'policy_refused' },
    {
      error: 'invalid_client',
      descriptionPart: 'client secret supplied for a confidential client',
      explanation: 'client_secret_wrong',
    },
    { error: 'invalid_client', descriptionPart: "Invalid value for 'client_id'", explanation: 'client_unknown' },
  ],
} as const satisfies Partial<Profile>;

const emptyWhenAbsent: Advice = {
  option: 'absentGroupsClaim',
  value: 'empty',
  why: 'Okta omits the claim for a user without groups that match the filter, so without this option no user is removed from their last group. First check that users with groups have the claim.',
};

/** An Okta organization's own authorization server. */
export const okta: Profile = {
  ...shared,
  id: 'okta',
  displayName: 'Okta',
  recognition: [
    { issuerHosts: ['*.okta.com', '*.oktapreview.com', '*.okta-emea.com'], issuerPath: '/' },
    {
      issuerPath: '/',
      endpoints: { authorizationEndpoint: '/oauth2/v1/authorize', jwksUri: '/oauth2/v1/keys' },
    },
  ],
  issuerForm:
    '`https://{your organization}.okta.com`, without `-admin` and without a path. With a custom domain or another issuer mode, it is the issuer in the discovery document.',
  applied: [
    {
      option: 'additionalScopes',
      value: ['groups'],
      why: 'The authorization server of an Okta organization sends groups only if this scope is requested.',
    },
  ],
  advised: [
    emptyWhenAbsent,
    {
      option: 'groupsClaim',
      value: 'groups',
      why: 'Set a filter for the claim, and a narrow one: with more than 100 groups that fit, Okta fails the sign-in or names none.',
    },
    {
      option: 'userinfo',
      value: 'when-needed',
      why: 'In this flow the ID token of Okta has few claims. The e-mail address and the name come from userinfo, which is requested anyway.',
    },
  ],
};

/** A custom authorization server of Okta. It has its own scopes and claims. */
export const oktaCustomServer: Profile = {
  ...shared,
  id: 'okta-custom-server',
  displayName: 'Okta (custom authorization server)',
  recognition: [
    { issuerHosts: ['*.okta.com', '*.oktapreview.com', '*.okta-emea.com'], issuerPath: '/oauth2/*' },
    {
      issuerPath: '/oauth2/*',
      endpoints: { authorizationEndpoint: '/oauth2/*/v1/authorize', jwksUri: '/oauth2/*/v1/keys' },
    },
  ],
  issuerForm: '`https://{your organization}.okta.com/oauth2/{id of the server}`, such as `…/oauth2/default`.',
  applied: [],
  advised: [
    emptyWhenAbsent,
    {
      option: 'groupsClaim',
      value: 'groups',
      why: 'Add a claim of the type Groups to the authorization server, always in the ID token. The scope `groups` exists only if an admin created it.',
    },
  ],
};
