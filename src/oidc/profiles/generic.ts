import type { Profile } from './profile.ts';

/** An unknown provider: the standards only, and no options. */
export const generic: Profile = {
  id: 'generic',
  displayName: 'Unknown identity provider',
  recognition: [],
  issuerForm: 'The `issuer` of its discovery document, character by character.',
  applied: [],
  advised: [],
  screens: {},
  probe: { certainty: 'proof', goodSecret: [{ error: 'invalid_grant' }], badSecret: [{ error: 'invalid_client' }] },
  errors: [],
};
