import type { Profile } from '../profile.ts';

const shared = {
  applied: [],
  advised: [
    {
      option: 'groupsClaim',
      value: 'memberOf',
      why: 'Attribute names are configurable. Groups are often in `memberOf`, with the names of the directory.',
    },
    {
      option: 'groupsFormat',
      value: 'distinguished-names',
      why: 'Where groups are names of an LDAP directory, their first part is the name of the group.',
    },
  ],
  probe: { certainty: 'proof', goodSecret: [{ error: 'invalid_grant' }], badSecret: [{ error: 'invalid_client' }] },
  errors: [],
} as const satisfies Partial<Profile>;

export const pingOne: Profile = {
  ...shared,
  id: 'pingone',
  displayName: 'PingOne',
  recognition: [
    {
      issuerHosts: [
        'auth.pingone.com',
        'auth.pingone.eu',
        'auth.pingone.asia',
        'auth.pingone.ca',
        'auth.pingone.com.au',
      ],
    },
  ],
  issuerForm: '`https://auth.pingone.{region}/{environment id}/as`.',
  screens: {
    application: 'PingOne admin console › Applications › Applications › the application',
  },
};

export const pingFederate: Profile = {
  ...shared,
  id: 'pingfederate',
  displayName: 'PingFederate',
  recognition: [
    { endpoints: { authorizationEndpoint: '/as/authorization.oauth2', tokenEndpoint: '/as/token.oauth2' } },
  ],
  issuerForm: 'The base URL of the server, which can be any URL.',
  screens: {
    application: 'PingFederate admin console › Applications › OAuth › Clients › the client',
  },
};
