import type { Profile } from './profile.ts';

const home = 'Glewlwyd › Administration';
const plugin = `${home} › Parameters › Plugins › the OpenID Connect plugin`;
const client = `${home} › Clients › the client`;

export const glewlwyd: Profile = {
  id: 'glewlwyd',
  displayName: 'Glewlwyd',
  recognition: [
    {
      endpoints: {
        authorizationEndpoint: '/api/*/auth',
        tokenEndpoint: '/api/*/token',
        userinfoEndpoint: '/api/*/userinfo',
        jwksUri: '/api/*/jwks',
      },
    },
  ],
  issuerForm: 'What the plugin is configured with; the document lies below `/api/{name of the plugin}`.',
  applied: [],
  advised: [
    {
      option: 'jwtSignatureAlgorithm',
      value: 'what the plugin signs with',
      why: 'The plugin signs with RSA, elliptic curves, EdDSA or the client secret, as its default key has it; after a change of keys it has to be reset.',
    },
    {
      option: 'groupsClaim',
      value: 'groups',
      why: 'Address, name and groups come as additional claims, each of which has to be added to the plugin.',
    },
  ],
  screens: {
    application: client,
    clientId: `${client} › Client ID`,
    clientSecret: `${client} › Client secret`,
    redirectUri: `${client} › Redirect URI`,
    signingAlgorithm: plugin,
    issuer: `${plugin} › Issuer`,
    emailClaim: `${plugin} › Additional claims in the ID Token or the /userinfo endpoint`,
    groupsClaim: `${plugin} › Additional claims in the ID Token or the /userinfo endpoint`,
  },
  probe: { certainty: 'proof', goodSecret: [{ error: 'invalid_grant' }], badSecret: [{ error: 'invalid_client' }] },
  errors: [],
};
