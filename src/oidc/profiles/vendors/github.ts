import type { Profile } from '../profile.ts';

export const github: Profile = {
  id: 'github',
  displayName: 'GitHub',
  // Gitea and Forgejo have the same endpoints as GitHub and do support sign-ins, so only the host identifies GitHub.
  recognition: [{ issuerHosts: ['token.actions.githubusercontent.com', 'github.com'] }],
  issuerForm: 'GitHub has no issuer for users. `https://token.actions.githubusercontent.com` is for workflows.',
  refused:
    'GitHub does not support OpenID Connect for users. For users it has only OAuth 2.0, without an ID token, and its OpenID Connect issuer is for workflows. It cannot be the identity provider of an organization here.',
  applied: [],
  advised: [],
  screens: {},
  probe: { certainty: 'hint', goodSecret: [], badSecret: [] },
  errors: [],
};
