import type { Profile } from './profile.ts';

const application = 'JumpCloud Admin Portal › SSO Applications › the application › SSO';

export const jumpcloud: Profile = {
  id: 'jumpcloud',
  displayName: 'JumpCloud',
  recognition: [{ issuerHosts: ['oauth.id.jumpcloud.com', 'oauth.id.eu.jumpcloud.com', 'oauth.id.in.jumpcloud.com'] }],
  issuerForm:
    '`https://oauth.id.jumpcloud.com/`, with the slash at the end; in other regions `https://oauth.id.eu.jumpcloud.com/` and the like.',
  applied: [],
  advised: [
    {
      option: 'groupsClaim',
      value: 'groups',
      why: 'Groups come only where the application includes a group attribute, under the name that you give it there.',
    },
    {
      option: 'tokenEndpointAuthMethod',
      value: 'client_secret_basic',
      why: 'The method is chosen for the application, as Client Secret Basic or Client Secret POST, and has to be the same here.',
    },
  ],
  screens: {
    application,
    redirectUri: `${application} › Redirect URIs`,
    clientAuthentication: `${application} › Client Authentication Type`,
    emailClaim: `${application} › Attribute Mapping › Standard Scopes: Email, Profile`,
    groupsClaim: `${application} › Attribute Mapping › include group attribute`,
  },
  probe: { certainty: 'proof', goodSecret: [{ error: 'invalid_grant' }], badSecret: [{ error: 'invalid_client' }] },
  errors: [],
};
