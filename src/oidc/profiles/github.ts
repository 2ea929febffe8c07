import type { Profile } from './profile.ts';

export const github: Profile = {
  id: 'github',
  displayName: 'GitHub',
  recognition: [
    { issuerHosts: ['token.actions.githubusercontent.com', 'github.com'] },
    { endpoints: { authorizationEndpoint: '/login/oauth/authorize', tokenEndpoint: '/login/oauth/access_token' } },
  ],
  issuerForm: 'There is none for people; `https://token.actions.githubusercontent.com` speaks of workflows.',
  refused:
    'GitHub signs nobody in by OpenID Connect: for people it has OAuth 2.0 alone, without an ID token, and its OpenID Connect issuer vouches for workflows. It cannot be the identity provider of an organization here.',
  applied: [],
  advised: [],
  screens: {},
  probe: { certainty: 'hint', goodSecret: [], badSecret: [] },
  errors: [],
};
