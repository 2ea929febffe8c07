import type { Profile } from '../profile.ts';

export const apple: Profile = {
  id: 'apple',
  displayName: 'Sign in with Apple',
  recognition: [{ issuerHosts: ['appleid.apple.com', 'account.apple.com'] }],
  issuerForm: '`https://appleid.apple.com`.',
  refused:
    'Sign in with Apple is for consumers. It rejects the scope `profile`, returns to the application by a form, sends address and name only once, and needs a client secret that is a signed JWT of at most six months. It cannot be the identity provider of an organization here.',
  applied: [],
  advised: [],
  screens: {},
  probe: { certainty: 'hint', goodSecret: [{ error: 'invalid_grant' }], badSecret: [{ error: 'invalid_client' }] },
  errors: [],
};
