import type { Profile } from '../profile.ts';

const provider = 'authentik admin interface › Applications › Providers › the provider';

export const authentik: Profile = {
  id: 'authentik',
  displayName: 'authentik',
  recognition: [
    { endpoints: { authorizationEndpoint: '/application/o/authorize/', tokenEndpoint: '/application/o/token/' } },
    { issuerPath: '…/application/o/*/' },
  ],
  issuerForm:
    '`https://{host}/application/o/{slug of the application}/`, with a final slash. In the global issuer mode it is `https://{host}/`.',
  applied: [],
  advised: [
    {
      option: 'groupsClaim',
      value: 'groups',
      why: 'The scope `profile` includes the groups, so no other scope is needed.',
    },
    {
      option: 'emailClaims',
      value: '',
      why: 'Since 2025.10 authentik marks every e-mail address as unverified, so existing accounts are not linked by address. A scope mapping for `email` that returns `email_verified: true` allows linking, once the domain is verified here.',
    },
    {
      option: 'jwtSignatureAlgorithm',
      value: 'RS256',
      why: 'Without a signing key the provider signs with HS256 and the client secret. Choose a key.',
    },
  ],
  screens: {
    application: provider,
    clientId: `${provider} › Edit › Client ID`,
    clientSecret: `${provider} › Edit › Client Secret`,
    redirectUri: `${provider} › Edit › Redirect URIs/Origins, in the mode Strict`,
    signingAlgorithm: `${provider} › Edit › Signing Key`,
    clientAuthentication: `${provider} › Edit › Client type: Confidential`,
    issuer: `${provider} › Edit › Advanced protocol settings › Issuer mode`,
    emailClaim: 'authentik admin interface › Customization › Property Mappings',
  },
  probe: { certainty: 'proof', goodSecret: [{ error: 'invalid_grant' }], badSecret: [{ error: 'invalid_client' }] },
  errors: [],
};
