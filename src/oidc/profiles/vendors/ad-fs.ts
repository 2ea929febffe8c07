import type { Profile } from '../profile.ts';

const group = 'AD FS Management › Application Groups › the group';

/** Active Directory Federation Services of Windows Server 2016 and later. */
export const adFs: Profile = {
  id: 'ad-fs',
  displayName: 'AD FS',
  recognition: [{ issuerPath: '/adfs', endpoints: { jwksUri: '/adfs/discovery/keys' } }, { issuerPath: '/adfs' }],
  issuerForm: '`https://{host}/adfs`.',
  applied: [
    {
      option: 'emailClaims',
      value: ['email', 'upn'],
      why: 'Without a claim rule AD FS sends no `email`. Its `upn` has the form of an e-mail address. It links accounts only if the organization has verified the domain.',
    },
    {
      option: 'userinfo',
      value: 'never',
      why: 'The userinfo endpoint of AD FS returns only the subject and rejects most access tokens.',
    },
    {
      option: 'clientAssertionKeyName',
      value: 'x5t',
      why: 'AD FS finds the certificate of a client by the SHA-1 thumbprint that the assertion names.',
    },
    {
      option: 'clientAssertionAudience',
      value: 'token-endpoint',
      why: 'AD FS expects its token endpoint as the audience of an assertion.',
    },
  ],
  advised: [
    {
      option: 'absentGroupsClaim',
      value: 'empty',
      why: 'AD FS omits the claim for a user without groups, so without this option no user is removed from their last group. First check that users with groups have the claim.',
    },
    {
      option: 'additionalScopes',
      value: '["allatclaims"]',
      why: 'With this scope, which the application has to be permitted, the claims of the access token are in the ID token too. Without it claim rules have no effect on the ID token of a confidential client.',
    },
    {
      option: 'groupsClaim',
      value: 'groups',
      why: 'Groups need a claim rule of the Web API, and the claim has the name that the rule gives it.',
    },
  ],
  screens: {
    application: group,
    clientId: `${group} › the server application › Client Identifier`,
    clientSecret: `${group} › the server application › Credentials › Generate a shared secret`,
    clientCertificate: `${group} › the server application › Credentials › Register a key used to sign JSON Web Tokens`,
    redirectUri: `${group} › the server application › Redirect URI`,
    emailClaim: `${group} › the Web API › Issuance Transform Rules`,
    groupsClaim: `${group} › the Web API › Issuance Transform Rules`,
    consent: `${group} › the Web API › Client Permissions: openid, profile, email, allatclaims`,
    assignment: `${group} › the Web API › Access control policy`,
  },
  probe: {
    certainty: 'proof',
    goodSecret: [{ error: 'invalid_grant', descriptionStart: 'MSIS9612' }],
    badSecret: [{ error: 'invalid_client' }, { descriptionStart: 'MSIS9622' }],
  },
  errors: [
    { descriptionStart: 'MSIS9622', explanation: 'client_secret_wrong', vendorCode: 'MSIS9622' },
    { descriptionStart: 'MSIS9223', explanation: 'client_unknown', vendorCode: 'MSIS9223' },
    { descriptionStart: 'MSIS9224', explanation: 'redirect_uri_unregistered', vendorCode: 'MSIS9224' },
    { descriptionStart: 'MSIS9605', explanation: 'scope_refused', vendorCode: 'MSIS9605' },
    { descriptionStart: 'MSIS9612', explanation: 'code_spent', vendorCode: 'MSIS9612' },
  ],
};
