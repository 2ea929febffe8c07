import type { Profile } from '../profile.ts';

const application = 'Salesforce Setup › App Manager › the app';

export const salesforce: Profile = {
  id: 'salesforce',
  displayName: 'Salesforce',
  recognition: [
    {
      issuerHosts: [
        'login.salesforce.com',
        'test.salesforce.com',
        '*.my.salesforce.com',
        '*.sandbox.my.salesforce.com',
        '*.develop.my.salesforce.com',
      ],
    },
    { endpoints: { authorizationEndpoint: '/services/oauth2/authorize', tokenEndpoint: '/services/oauth2/token' } },
  ],
  issuerForm:
    'The issuer in the discovery document of your own domain, such as `https://{my domain}.my.salesforce.com`. At `https://login.salesforce.com` tokens have another issuer than the document.',
  applied: [],
  advised: [
    {
      option: 'discoveryURL',
      value: 'https://{my domain}.my.salesforce.com',
      why: 'With the address of My Domain, tokens and document name the same issuer.',
    },
    { option: 'groupsClaim', value: '', why: 'Salesforce puts no groups into its tokens.' },
  ],
  screens: {
    application,
    clientId: `${application} › Consumer Key`,
    clientSecret: `${application} › Consumer Secret`,
    redirectUri: `${application} › Callback URL`,
  },
  probe: { certainty: 'proof', goodSecret: [{ error: 'invalid_grant' }], badSecret: [{ error: 'invalid_client' }] },
  errors: [{ error: 'invalid_client_id', explanation: 'client_unknown', vendorCode: 'invalid_client_id' }],
};
