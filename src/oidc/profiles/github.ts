import type { Profile } from './profile.ts';

export const github: Profile = {
  id: 'github',
  displayName: 'GitHub',
  // Gitea and Forgejo have endpoints like GitHub's and do sign people in, so only the hosts tell.
  recognition: [{ issuerHosts: ['token.actions.githubusercontent.com', 'github.com'] }],
  issuerForm: 'There is none for people; `https://token.actions.githubusercontent.com` speaks of workflows.',
  refused:
    'GitHub signs nobody in by OpenID Connect: for people it has OAuth 2.0 alone, without an ID token, and its OpenID Connect issuer vouches for workflows. It cannot be the identity provider of an organization here.',
  applied: [],
  advised: [],
  screens: {},
  probe: { certainty: 'hint', goodSecret: [], badSecret: [] },
  errors: [],
};
