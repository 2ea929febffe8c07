import type { Profile } from './profile.ts';

/** The provider that nobody knows: the standards alone, and nothing filled in. */
export const generic: Profile = {
  id: 'generic',
  displayName: 'Unknown identity provider',
  recognition: [],
  issuerForm: 'What its discovery document names as `issuer`, to the last character.',
  applied: [],
  advised: [],
  screens: {},
  probe: { certainty: 'proof', goodSecret: [{ error: 'invalid_grant' }], badSecret: [{ error: 'invalid_client' }] },
  errors: [],
};
