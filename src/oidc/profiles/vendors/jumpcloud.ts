import type { Profile } from '../profile.ts';

const application = 'JumpCloud Admin Portal › SSO Applications › the application › SSO';

export const jumpcloud: Profile = {
  id: 'jumpcloud',
  displayName: 'JumpCloud',
  recognition: [{ issuerHosts: ['oauth.id.jumpcloud.com', 'oauth.id.eu.jumpcloud.com', 'oauth.id.in.jumpcloud.com'] }],
  issuerForm:
    '`https://oauth.id.jumpcloud.com/`, with a final slash. Other regions have their own hosts, such as `https://oauth.id.eu.jumpcloud.com/`.',
  applied: [],
  advised: [
    {
      option: 'groupsClaim',
      value: 'groups',
      why: 'Groups are sent only if the application includes a group attribute. The claim has the name that you enter there.',
    },
    {
      option: 'tokenEndpointAuthMethod',
      value: 'client_secret_basic',
      why: 'The application uses either Client Secret Basic or Client Secret POST. Set the same method here.',
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
