import type { Profile } from './profile.ts';

export const apple: Profile = {
  id: 'apple',
  displayName: 'Sign in with Apple',
  recognition: [{ issuerHosts: ['appleid.apple.com', 'account.apple.com'] }],
  issuerForm: '`https://appleid.apple.com`.',
  refused:
    'Sign in with Apple is made for consumers: it refuses the scope `profile`, sends the browser back by a form, tells address and name once, and wants a client secret that is a signed JWT of six months at most. It cannot be the identity provider of an organization here.',
  applied: [],
  advised: [],
  screens: {},
  probe: { certainty: 'hint', goodSecret: [{ error: 'invalid_grant' }], badSecret: [{ error: 'invalid_client' }] },
  errors: [],
};
