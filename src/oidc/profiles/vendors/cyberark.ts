import type { Profile } from '../profile.ts';

export const cyberark: Profile = {
  id: 'cyberark',
  displayName: 'CyberArk Identity',
  recognition: [{ issuerHosts: ['*.id.cyberark.cloud', '*.my.idaptive.app'] }],
  issuerForm:
    'The issuer in the discovery document of the application, character by character. It often ends in a slash.',
  applied: [],
  advised: [],
  screens: {},
  probe: { certainty: 'proof', goodSecret: [{ error: 'invalid_grant' }], badSecret: [{ error: 'invalid_client' }] },
  errors: [],
};
