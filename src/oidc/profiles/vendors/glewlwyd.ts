import type { Profile } from '../profile.ts';

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
  issuerForm: 'The issuer in the settings of the plugin. The discovery document is below `/api/{name of the plugin}`.',
  applied: [],
  advised: [
    {
      option: 'jwtSignatureAlgorithm',
      value: 'the algorithm of the plugin',
      why: 'The plugin signs with RSA, elliptic curves, EdDSA or the client secret, depending on its default key. Reset the plugin after a change of keys.',
    },
    {
      option: 'groupsClaim',
      value: 'groups',
      why: 'E-mail address, name and groups are additional claims. Add each of them to the plugin.',
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
