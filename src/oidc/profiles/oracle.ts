import type { Profile } from './profile.ts';

export const oracle: Profile = {
  id: 'oracle',
  displayName: 'Oracle Identity Cloud Service and OCI identity domains',
  recognition: [
    { issuerHosts: ['identity.oraclecloud.com', 'idcs-*.identity.oraclecloud.com'] },
    { endpoints: { authorizationEndpoint: '/oauth2/v1/authorize', jwksUri: '/admin/v1/SigningCert/jwk' } },
  ],
  issuerForm:
    '`https://identity.oraclecloud.com/`, with the slash at the end, although the document lies on `https://idcs-{id}.identity.oraclecloud.com`. A document whose issuer is another one than its address is refused: store the endpoints one by one, with this issuer.',
  applied: [],
  advised: [
    {
      option: 'discoveryURL',
      value: '',
      why: 'The document names an issuer that all domains share, so it is refused. Use the type `custom`, with the issuer and each endpoint.',
    },
    {
      option: 'groupsClaim',
      value: '',
      why: 'Groups come as objects, which cannot be read; nobody is taken out of a group for it.',
    },
  ],
  screens: {},
  probe: { certainty: 'proof', goodSecret: [{ error: 'invalid_grant' }], badSecret: [{ error: 'invalid_client' }] },
  errors: [],
};
