import type { Profile } from '../profile.ts';

const party = 'LemonLDAP::NG Manager › OpenID Connect Relying Parties › the relying party';

export const lemonldap: Profile = {
  id: 'lemonldap',
  displayName: 'LemonLDAP::NG',
  recognition: [
    {
      issuerPath: '/',
      endpoints: {
        authorizationEndpoint: '/oauth2/authorize',
        tokenEndpoint: '/oauth2/token',
        userinfoEndpoint: '/oauth2/userinfo',
        jwksUri: '/oauth2/jwks',
      },
    },
  ],
  issuerForm: 'The URL of the portal, with a final slash.',
  applied: [],
  advised: [
    {
      option: 'jwtSignatureAlgorithm',
      value: 'RS256',
      why: 'The discovery document lists many algorithms, including `none`. Only the algorithm of this relying party is accepted here.',
    },
    {
      option: 'groupsDelimiter',
      value: 'the separator',
      why: 'Several values are sent as a list, or joined by a separator if lists are set to Never. In that case also set `groupsFormat` to `delimited`.',
    },
    {
      option: 'trustedAudiences',
      value: '["the additional audiences"]',
      why: 'The ID tokens of a relying party with additional audiences name those audiences. They are rejected until the audiences are listed here.',
    },
  ],
  screens: {
    application: party,
    clientId: `${party} › Options › Basic › Client ID`,
    clientSecret: `${party} › Options › Basic › Client secret`,
    redirectUri: `${party} › Options › Basic › Allowed redirection addresses for login`,
    signingAlgorithm: `${party} › Options › Security › ID Token signature algorithm`,
    emailClaim: `${party} › Exported attributes`,
    groupsClaim: `${party} › Exported attributes`,
  },
  probe: { certainty: 'proof', goodSecret: [{ error: 'invalid_grant' }], badSecret: [{ error: 'invalid_client' }] },
  errors: [],
};
