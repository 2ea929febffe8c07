import type { Profile } from '../profile.ts';

const project = 'ZITADEL console › Projects › the project';
const application = `${project} › the application`;

export const zitadel: Profile = {
  id: 'zitadel',
  displayName: 'ZITADEL',
  recognition: [{ endpoints: { authorizationEndpoint: '/oauth/v2/authorize', jwksUri: '/oauth/v2/keys' } }],
  issuerForm: '`https://{host of the instance}`, without a final slash.',
  applied: [
    {
      option: 'groupsClaim',
      value: 'urn:zitadel:iam:org:project:roles',
      why: 'ZITADEL has roles instead of groups, in a claim of this name.',
    },
    { option: 'groupsFormat', value: 'object-keys', why: 'The roles are the keys of an object.' },
  ],
  advised: [
    {
      option: 'trustedAudiences',
      value: '["the id of the project", "the client ids of its other applications"]',
      why: 'ID tokens name the project and its other applications as audiences. They are rejected until those are listed here.',
    },
    {
      option: 'additionalScopes',
      value: '["urn:zitadel:iam:org:projects:roles"]',
      why: 'Roles are sent if the project asserts them on authentication, or if this scope is requested.',
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
