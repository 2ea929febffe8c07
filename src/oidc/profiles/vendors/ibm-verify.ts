import type { Profile } from '../profile.ts';

export const ibmVerify: Profile = {
  id: 'ibm-verify',
  displayName: 'IBM Verify',
  recognition: [{ issuerHosts: ['*.verify.ibm.com'] }],
  issuerForm: '`https://{tenant}.verify.ibm.com/oidc/endpoint/default`.',
  applied: [],
  advised: [],
  screens: {},
  probe: { certainty: 'proof', goodSecret: [{ error: 'invalid_grant' }], badSecret: [{ error: 'invalid_client' }] },
  errors: [],
};
