import type { Profile } from '../profile.ts';

const application = 'OneLogin Administration › Applications › the application';

export const onelogin: Profile = {
  id: 'onelogin',
  displayName: 'OneLogin',
  recognition: [{ issuerHosts: ['*.onelogin.com'] }],
  issuerForm:
    '`https://{subdomain}.onelogin.com/oidc/2`. The old URLs `https://openid-connect.onelogin.com/oidc` are version 1.',
  applied: [
    {
      option: 'additionalScopes',
      value: ['groups'],
      why: 'OneLogin sends groups only if this scope is requested.',
    },
    {
      option: 'groupsFormat',
      value: 'delimited',
      why: 'Unless the parameter is set to multi-value output, all groups are sent as one string.',
    },
    { option: 'groupsDelimiter', value: ';', why: 'That string has a semicolon between the groups.' },
  ],
  advised: [
    {
      option: 'groupsClaim',
      value: 'groups',
      why: 'Let the parameter Groups send the roles of a user, as Semicolon Delimited input (Multi-value output).',
    },
  ],
  screens: {
    application,
    clientId: `${application} › SSO › Client ID`,
    clientSecret: `${application} › SSO › Client Secret`,
    redirectUri: `${application} › Configuration › Redirect URI's`,
    issuer: `${application} › SSO › Issuer URL`,
    clientAuthentication: `${application} › SSO › Token Endpoint`,
    groupsClaim: `${application} › Parameters › Groups`,
    assignment: `${application} › Users`,
  },
  probe: { certainty: 'proof', goodSecret: [{ error: 'invalid_grant' }], badSecret: [{ error: 'invalid_client' }] },
  errors: [],
};
