import type { Profile } from '../profile.ts';

const credentials = 'Google Cloud console › APIs & Services › Credentials › OAuth 2.0 Client IDs › the client';

/** Google accounts, including those of a Workspace. */
export const googleWorkspace: Profile = {
  id: 'google-workspace',
  displayName: 'Google Workspace',
  recognition: [{ issuerHosts: ['accounts.google.com'] }],
  issuerForm: '`https://accounts.google.com` for all accounts. It does not identify a Workspace.',
  applied: [],
  advised: [
    {
      option: 'requiredClaims',
      value: '{"hd": "your domain"} or {"hd": {"oneOf": ["your domain", "another of your domains"]}}',
      why: 'Anyone with a Google account can sign in at this issuer. `hd` says that the account belongs to your Workspace. Each domain of a Workspace is a separate `hd`.',
    },
    {
      option: 'allowedEmailDomains',
      value: 'your domain',
      why: 'It rejects addresses of other domains, even if they have a Google account.',
    },
    {
      option: 'groupsClaim',
      value: '',
      why: 'Google puts no groups into its tokens, so sign-ins cannot set groups. Manage the groups of a member manually.',
    },
  ],
  screens: {
    application: 'Google Cloud console › APIs & Services › Credentials',
    clientId: `${credentials} › Client ID`,
    clientSecret: `${credentials} › Client secret`,
    redirectUri: `${credentials} › Authorized redirect URIs`,
  },
  probe: {
    certainty: 'hint',
    goodSecret: [{ error: 'invalid_grant' }],
    badSecret: [{ error: 'invalid_client' }],
    remark: 'Google calls an invalid code malformed, possibly before it checks the secret.',
  },
  errors: [
    { error: 'redirect_uri_mismatch', explanation: 'redirect_uri_unregistered', vendorCode: 'redirect_uri_mismatch' },
    { error: 'invalid_grant', descriptionStart: 'Malformed auth code', explanation: 'code_spent' },
    { error: 'org_internal', explanation: 'account_foreign', vendorCode: 'org_internal' },
    { error: 'admin_policy_enforced', explanation: 'policy_refused', vendorCode: 'admin_policy_enforced' },
    { error: 'deleted_client', explanation: 'client_unknown', vendorCode: 'deleted_client' },
  ],
  // Google verified such an address once, when the account was created. Its owner may have changed since then.
  emailAuthority: {
    issuer: 'https://accounts.google.com',
    ownDomains: ['gmail.com', 'googlemail.com'],
    domainClaim: 'hd',
  },
};
