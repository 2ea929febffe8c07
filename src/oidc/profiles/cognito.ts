import type { Profile } from './profile.ts';

const client = 'Amazon Cognito console › User pools › the pool › App clients › the client';

export const cognito: Profile = {
  id: 'cognito',
  displayName: 'Amazon Cognito',
  recognition: [{ issuerHosts: ['cognito-idp.*.amazonaws.com', 'cognito-idp.*.amazonaws.com.cn'] }],
  issuerForm:
    '`https://cognito-idp.{region}.amazonaws.com/{id of the user pool}`. The other endpoints are on the domain of the pool, which is another host.',
  applied: [
    {
      option: 'groupsClaim',
      value: 'cognito:groups',
      why: 'The groups of a user pool are under this name; the name is literal.',
    },
  ],
  advised: [
    {
      option: 'additionalScopes',
      value: '',
      why: 'The app client has to allow `openid`, `profile` and `email`; it refuses a request with a scope that it does not allow.',
    },
  ],
  screens: {
    application: client,
    clientId: `${client} › Client ID`,
    clientSecret: `${client} › Client secret`,
    redirectUri: `${client} › Login pages › Allowed callback URLs`,
    consent: `${client} › Login pages › OpenID Connect scopes`,
    groupsClaim: 'Amazon Cognito console › User pools › the pool › Groups',
  },
  probe: { certainty: 'proof', goodSecret: [{ error: 'invalid_grant' }], badSecret: [{ error: 'invalid_client' }] },
  errors: [],
};
