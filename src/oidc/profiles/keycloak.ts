import type { Profile } from './profile.ts';

const client = 'Keycloak admin console › the realm › Clients › the client';

/** Keycloak and what is built upon it. */
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
  issuerForm: '`https://{host}/realms/{realm}`; older servers have `/auth/realms/{realm}`.',
  applied: [],
  advised: [
    {
      option: 'groupsClaim',
      value: 'groups',
      why: 'The claim comes from a mapper of the type Group Membership. With full paths on, `/staff` also fits a group named `staff`; with paths off, groups of one name in different places cannot be told apart.',
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
      why: 'It sends members straight to the identity provider behind Keycloak that has this alias.',
    },
    {
      option: 'trustedAudiences',
      value: '["the other audiences"]',
      why: 'With an audience mapper, ID tokens name further audiences, and are refused until those are listed.',
    },
    {
      option: 'jwtSignatureAlgorithm',
      value: 'RS256',
      why: "The client's signature algorithm may differ from the realm's; it has to be the one that is stored here.",
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
