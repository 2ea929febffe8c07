import type { Profile } from '../profile.ts';

const client = 'Amazon Cognito console › User pools › the pool › App clients › the client';

export const cognito: Profile = {
  id: 'cognito',
  displayName: 'Amazon Cognito',
  recognition: [{ issuerHosts: ['cognito-idp.*.amazonaws.com', 'cognito-idp.*.amazonaws.com.cn'] }],
  issuerForm:
    '`https://cognito-idp.{region}.amazonaws.com/{id of the user pool}`. The other endpoints are on another host, the domain of the pool.',
  applied: [
    {
      option: 'groupsClaim',
      value: 'cognito:groups',
      why: 'The groups of a user pool have this claim name. It is taken literally.',
    },
  ],
  advised: [
    {
      option: 'absentGroupsClaim',
      value: 'empty',
      why: 'Cognito omits the claim for a user without groups, so without this option no user is removed from their last group. First check that users with groups have the claim.',
    },
    {
      option: 'groupsClaim',
      value: 'custom:groups, with groupsFormat bracketed',
      why: 'An attribute with several values from a SAML provider is one string in square brackets, named like the attribute that it is mapped to. For a JSON list in a string, use the format `json`.',
    },
    {
      option: 'scopes',
      value: '["openid", "email"]',
      why: 'The app client rejects a request with a scope that it does not allow. Allow `profile` as well, or omit it here.',
    },
    {
      option: 'authorizationParameters',
      value: '{"identity_provider": "the name"}',
      why: 'It sends members straight to the provider of this name in the user pool.',
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
