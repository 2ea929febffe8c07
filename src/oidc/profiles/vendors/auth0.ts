import type { Profile } from '../profile.ts';

const application = 'Auth0 Dashboard › Applications › Applications › the application › Settings';

export const auth0: Profile = {
  id: 'auth0',
  displayName: 'Auth0',
  recognition: [
    {
      issuerHosts: [
        '*.auth0.com',
        '*.us.auth0.com',
        '*.eu.auth0.com',
        '*.au.auth0.com',
        '*.jp.auth0.com',
        '*.uk.auth0.com',
      ],
    },
    {
      issuerPath: '/',
      endpoints: {
        authorizationEndpoint: '/authorize',
        tokenEndpoint: '/oauth/token',
        userinfoEndpoint: '/userinfo',
        jwksUri: '/.well-known/jwks.json',
      },
    },
  ],
  issuerForm:
    '`https://{tenant}.{region}.auth0.com/`, with a final slash. With a custom domain it is that domain, also with a final slash.',
  applied: [],
  advised: [
    {
      option: 'groupsClaim',
      value: 'https://your-domain.example/groups',
      why: 'Auth0 has no groups of its own in tokens. A post-login Action adds them as a claim whose name is a URL. That name is taken literally.',
    },
    {
      option: 'jwtSignatureAlgorithm',
      value: 'RS256',
      why: 'The application can be set to HS256. Its ID tokens are then rejected while RS256 is stored here.',
    },
  ],
  screens: {
    application,
    clientId: `${application} › Basic Information › Client ID`,
    clientSecret: `${application} › Basic Information › Client Secret`,
    redirectUri: `${application} › Application URIs › Allowed Callback URLs`,
    signingAlgorithm: `${application} › Advanced Settings › OAuth › JSON Web Token Signature Algorithm`,
    groupsClaim: 'Auth0 Dashboard › Actions › the post-login flow',
    issuer: `${application} › Basic Information › Domain`,
  },
  probe: {
    certainty: 'proof',
    goodSecret: [{ error: 'invalid_grant' }],
    badSecret: [{ error: 'invalid_client' }, { error: 'access_denied', descriptionStart: 'Unauthorized' }],
    remark: 'Auth0 rejects a wrong secret with access_denied instead of invalid_client.',
  },
  errors: [
    { error: 'access_denied', descriptionStart: 'Unauthorized', explanation: 'client_secret_wrong' },
    { error: 'unauthorized_client', descriptionPart: 'not allowed for the client', explanation: 'grant_not_allowed' },
  ],
};
