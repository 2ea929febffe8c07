import type { Profile } from './profile.ts';

const application = 'GitLab › Admin area › Applications (or Group › Settings › Applications) › the application';

export const gitlab: Profile = {
  id: 'gitlab',
  displayName: 'GitLab',
  recognition: [
    { issuerHosts: ['gitlab.com'] },
    // The endpoints alone are those of every Rails application with Doorkeeper.
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
      why: 'The ID token names only groups that somebody is a direct member of, under another name; userinfo names all.',
    },
  ],
  advised: [
    {
      option: 'additionalScopes',
      value: '',
      why: 'GitLab knows neither the scope `groups` nor `offline_access`, and refuses a request with one.',
    },
    {
      option: 'allowedEmailDomains',
      value: 'your domain',
      why: 'Everybody with an account at gitlab.com can sign in there; narrow it down with the domains that may sign in.',
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
