import type { Profile } from './profile.ts';

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
  issuerForm: 'The URL of the portal, with the slash at the end.',
  applied: [],
  advised: [
    {
      option: 'jwtSignatureAlgorithm',
      value: 'RS256',
      why: 'The document lists many algorithms, `none` among them; what counts is the one of this relying party, and only that is accepted here.',
    },
    {
      option: 'groupsDelimiter',
      value: 'the separator',
      why: 'Several values come as a list, or joined by a separator where lists are set to Never; then set `groupsFormat` to `delimited` too.',
    },
    {
      option: 'trustedAudiences',
      value: '["the additional audiences"]',
      why: 'A relying party with additional audiences gets ID tokens that name them, which are refused until they are listed.',
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
