import type { Profile } from '../profile.ts';

const client = 'Keycloak admin console › the realm › Clients › the client';

/** Keycloak and products that are based on it. */
export const keycloak: Profile = {
  id: 'keycloak',
  displayName: 'Keycloak',
  recognition: [
    {
      issuerPath: '…/realms/*',
      endpoints: {
        authorizationEndpoint: '/realms/*/protocol/openid-connect/auth',
        tokenEndpoint: '/realms/*/protocol/openid-connect/token',
      },
    },
    { issuerPath: '…/realms/*' },
  ],
  issuerForm: '`https://{host}/realms/{realm}`. Older servers have `/auth/realms/{realm}`.',
  applied: [],
  advised: [
    {
      option: 'groupsClaim',
      value: 'groups',
      why: 'A mapper of the type Group Membership creates the claim. With full paths, `/staff` also matches a group named `staff`. Without full paths, groups with the same name in different places cannot be distinguished.',
    },
    {
      option: 'groupsClaim',
      value: '["resource_access", "the client id", "roles"]',
      why: 'It reads the client\'s roles as groups; `["realm_access", "roles"]` reads the realm\'s. Turn on Add to ID token in the mapper of the scope `roles`.',
    },
    {
      option: 'requiredClaims',
      value: '{"groups": {"contains": "the group"}}',
      why: 'Every user of the realm can sign in to a client. With this rule only members of the group can.',
    },
    {
      option: 'authorizationParameters',
      value: '{"kc_idp_hint": "the alias"}',
      why: 'It sends members directly to the identity provider with this alias behind Keycloak.',
    },
    {
      option: 'trustedAudiences',
      value: '["the other audiences"]',
      why: 'With an audience mapper, ID tokens name further audiences, and are refused until those are listed.',
    },
    {
      option: 'jwtSignatureAlgorithm',
      value: 'RS256',
      why: "The signature algorithm of the client can differ from the realm's. Store the algorithm of the client here.",
    },
  ],
  screens: {
    application: client,
    clientId: `${client} › Settings › Client ID`,
    clientSecret: `${client} › Credentials › Client secret`,
    redirectUri: `${client} › Settings › Valid redirect URIs`,
    clientAuthentication: `${client} › Settings › Client authentication: on`,
    signingAlgorithm: `${client} › Advanced › Fine grain OpenID Connect configuration › ID token signature algorithm`,
    groupsClaim: `${client} › Client scopes › the dedicated scope › Add mapper › Group Membership`,
    issuer: 'Keycloak admin console › the realm › Realm settings › General › OpenID Endpoint Configuration',
  },
  probe: {
    certainty: 'proof',
    goodSecret: [{ error: 'invalid_grant' }],
    badSecret: [
      { error: 'invalid_client' },
      { error: 'unauthorized_client', descriptionPart: 'Invalid client or Invalid client credentials' },
    ],
  },
  errors: [
    {
      error: 'unauthorized_client',
      descriptionPart: 'Invalid client or Invalid client credentials',
      explanation: 'client_secret_wrong',
    },
    { error: 'invalid_grant', descriptionStart: 'Incorrect redirect_uri', explanation: 'redirect_uri_unregistered' },
    { error: 'invalid_grant', descriptionStart: 'PKCE', explanation: 'code_verifier_refused' },
    { error: 'invalid_grant', descriptionStart: 'Code not valid', explanation: 'code_spent' },
  ],
};
