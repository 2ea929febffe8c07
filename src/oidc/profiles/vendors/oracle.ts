import type { Profile } from '../profile.ts';

export const oracle: Profile = {
  id: 'oracle',
  displayName: 'Oracle Identity Cloud Service and OCI identity domains',
  recognition: [
    { issuerHosts: ['identity.oraclecloud.com', 'idcs-*.identity.oraclecloud.com'] },
    { endpoints: { authorizationEndpoint: '/oauth2/v1/authorize', jwksUri: '/admin/v1/SigningCert/jwk' } },
  ],
  issuerForm:
    '`https://identity.oraclecloud.com/`, with a final slash, although the discovery document is at `https://idcs-{id}.identity.oraclecloud.com`. A document whose issuer differs from its address is rejected. Store the endpoints one by one, with this issuer.',
  applied: [],
  advised: [
    {
      option: 'discoveryURL',
      value: '',
      why: 'The discovery document has an issuer that all domains share, so it is rejected. Use the type `custom`, with the issuer and each endpoint.',
    },
    {
      option: 'groupsClaim',
      value: '',
      why: 'Groups are sent as objects, which cannot be read. This removes no user from a group.',
    },
  ],
  screens: {},
  probe: { certainty: 'proof', goodSecret: [{ error: 'invalid_grant' }], badSecret: [{ error: 'invalid_client' }] },
  errors: [],
};
