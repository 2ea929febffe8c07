import type { Profile } from '../profile.ts';

const application = 'Duo Admin Panel › Applications › the application of the type Generic OIDC Relying Party';

export const duo: Profile = {
  id: 'duo',
  displayName: 'Duo Single Sign-On',
  recognition: [{ issuerHosts: ['sso-*.sso.duosecurity.com'] }],
  issuerForm: '`https://sso-{id}.sso.duosecurity.com/oidc/{client id}`. Each application has an issuer of its own.',
  applied: [],
  advised: [
    {
      option: 'groupsClaim',
      value: 'groups',
      why: 'All claims and their names are mapped from the authentication source, including groups.',
    },
  ],
  screens: {
    application,
    clientId: `${application} › Metadata › Client ID`,
    clientSecret: `${application} › Metadata › Client Secret`,
    issuer: `${application} › Metadata › Issuer`,
  },
  probe: { certainty: 'proof', goodSecret: [{ error: 'invalid_grant' }], badSecret: [{ error: 'invalid_client' }] },
  errors: [],
};
