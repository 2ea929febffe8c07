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
      option: 'absentGroupsClaim',
      value: 'empty',
      why: 'Cognito leaves the claim out for a person without groups, so without this option nobody leaves their last group. Check first that the claim comes for people with groups.',
    },
    {
      option: 'groupsClaim',
      value: 'custom:groups, with groupsFormat bracketed',
      why: 'An attribute of several values that comes from a SAML provider is one text in square brackets, under the name of the attribute that it is mapped to. A JSON list in a text is the format `json`.',
    },
    {
      option: 'scopes',
      value: '["openid", "email"]',
      why: 'The app client rejects a request with a scope that it does not allow. Allow `profile` as well, or leave it out here.',
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
