import type { Profile } from './profile.ts';

const project = 'ZITADEL console › Projects › the project';
const application = `${project} › the application`;

export const zitadel: Profile = {
  id: 'zitadel',
  displayName: 'ZITADEL',
  recognition: [{ endpoints: { authorizationEndpoint: '/oauth/v2/authorize', jwksUri: '/oauth/v2/keys' } }],
  issuerForm: '`https://{host of the instance}`, without a slash at the end.',
  applied: [
    {
      option: 'groupsClaim',
      value: 'urn:zitadel:iam:org:project:roles',
      why: 'ZITADEL has roles where others have groups, under this name.',
    },
    { option: 'groupsFormat', value: 'object-keys', why: 'The roles are the keys of an object.' },
  ],
  advised: [
    {
      option: 'trustedAudiences',
      value: '["the id of the project", "the client ids of its other applications"]',
      why: 'ID tokens name the project, and what else is in it, as audiences, and are refused until those are listed.',
    },
    {
      option: 'additionalScopes',
      value: '["urn:zitadel:iam:org:projects:roles"]',
      why: 'Roles come when the project asserts them on authentication, or when this scope asks for them.',
    },
  ],
  screens: {
    application,
    clientId: `${application} › Client ID`,
    redirectUri: `${application} › Redirect URIs`,
    groupsClaim: `${project} › Assert Roles on Authentication; and ${application} › Token Settings › User roles inside ID Token`,
    assignment: `${project} › Authorizations`,
  },
  probe: { certainty: 'proof', goodSecret: [{ error: 'invalid_grant' }], badSecret: [{ error: 'invalid_client' }] },
  errors: [],
};
