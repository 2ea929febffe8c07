import type { Profile } from '../profile.ts';

const application = 'GitLab › Admin area › Applications (or Group › Settings › Applications) › the application';

export const gitlab: Profile = {
  id: 'gitlab',
  displayName: 'GitLab',
  recognition: [
    { issuerHosts: ['gitlab.com'] },
    // Every Rails application with Doorkeeper has these endpoints.
    {
      endpoints: { authorizationEndpoint: '/oauth/authorize', jwksUri: '/oauth/discovery/keys' },
      scopes: ['api', 'read_user'],
    },
  ],
  issuerForm: 'The URL of the instance, such as `https://gitlab.com`.',
  applied: [
    {
      option: 'groupsSource',
      value: 'userinfo_first',
      why: 'The ID token has only groups with a direct membership, under another claim name. Userinfo has all groups.',
    },
  ],
  advised: [
    {
      option: 'additionalScopes',
      value: '',
      why: 'GitLab does not know the scopes `groups` and `offline_access`, and rejects a request with one of them.',
    },
    {
      option: 'allowedEmailDomains',
      value: 'your domain',
      why: 'Anyone with an account at gitlab.com can sign in there. Limit the e-mail domains that may sign in.',
    },
  ],
  screens: {
    application,
    clientId: `${application} › Application ID`,
    clientSecret: `${application} › Secret`,
    redirectUri: `${application} › Callback URL`,
    clientAuthentication: `${application} › Confidential`,
    consent: `${application} › Scopes: openid, profile, email`,
  },
  probe: { certainty: 'proof', goodSecret: [{ error: 'invalid_grant' }], badSecret: [{ error: 'invalid_client' }] },
  errors: [],
};
