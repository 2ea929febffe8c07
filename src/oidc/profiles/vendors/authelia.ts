import type { Profile } from '../profile.ts';

const client = 'configuration.yml › identity_providers › oidc › clients › the client';

export const authelia: Profile = {
  id: 'authelia',
  displayName: 'Authelia',
  recognition: [{ endpoints: { authorizationEndpoint: '/api/oidc/authorization', tokenEndpoint: '/api/oidc/token' } }],
  issuerForm: '`https://{host of the portal}`, without a final slash.',
  applied: [
    {
      option: 'additionalScopes',
      value: ['groups'],
      why: 'Authelia sends groups only if this scope is requested.',
    },
  ],
  advised: [
    {
      option: 'userinfo',
      value: 'when-needed',
      why: 'Since 4.39 the ID token has neither the e-mail address nor groups. They come from userinfo, which is requested automatically. A claims policy can put them back into the token.',
    },
    {
      option: 'tokenEndpointAuthMethod',
      value: 'client_secret_basic',
      why: 'Each client has one method, `token_endpoint_auth_method`. Authelia rejects a client that uses another.',
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
