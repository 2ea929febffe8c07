import type { Profile } from './profile.ts';

const client = 'configuration.yml › identity_providers › oidc › clients › the client';

export const authelia: Profile = {
  id: 'authelia',
  displayName: 'Authelia',
  recognition: [{ endpoints: { authorizationEndpoint: '/api/oidc/authorization', tokenEndpoint: '/api/oidc/token' } }],
  issuerForm: '`https://{host of the portal}`, without a slash at the end.',
  applied: [
    {
      option: 'additionalScopes',
      value: ['groups'],
      why: 'Authelia names groups only where this scope is asked for.',
    },
  ],
  advised: [
    {
      option: 'userinfo',
      value: 'when-needed',
      why: 'Since 4.39 the ID token holds neither address nor groups. They come from userinfo, which is asked; a claims policy can put them back into the token.',
    },
    {
      option: 'tokenEndpointAuthMethod',
      value: 'client_secret_basic',
      why: 'The method is set for each client, as `token_endpoint_auth_method`, and a client that uses another is refused.',
    },
  ],
  screens: {
    application: client,
    clientId: `${client} › client_id`,
    clientSecret: `${client} › client_secret, which holds a hash of it`,
    redirectUri: `${client} › redirect_uris`,
    clientAuthentication: `${client} › token_endpoint_auth_method`,
    consent: `${client} › scopes: openid, profile, email, groups`,
    groupsClaim: `${client} › scopes: groups`,
    emailClaim: 'configuration.yml › identity_providers › oidc › claims_policies',
  },
  probe: { certainty: 'proof', goodSecret: [{ error: 'invalid_grant' }], badSecret: [{ error: 'invalid_client' }] },
  errors: [],
};
