import type { Profile } from './profile.ts';

const credentials = 'Google Cloud console › APIs & Services › Credentials › OAuth 2.0 Client IDs › the client';

/** Google accounts, those of a Workspace among them. */
export const googleWorkspace: Profile = {
  id: 'google-workspace',
  displayName: 'Google Workspace',
  recognition: [{ issuerHosts: ['accounts.google.com'] }],
  issuerForm: '`https://accounts.google.com` for everybody; it does not tell one Workspace from another.',
  applied: [],
  advised: [
    {
      option: 'requiredClaims',
      value: '{"hd": "your domain"} or {"hd": {"oneOf": ["your domain", "another of your domains"]}}',
      why: 'Everybody with a Google account can sign in at this issuer; `hd` says that the account belongs to your Workspace. Each domain of a Workspace is an `hd` of its own.',
    },
    {
      option: 'allowedEmailDomains',
      value: 'your domain',
      why: 'It keeps addresses of other domains out, even where they have a Google account.',
    },
    {
      option: 'groupsClaim',
      value: '',
      why: "Google puts no groups into its tokens, so there is nothing to manage groups by: keep a member's groups by hand.",
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
    remark: 'Google calls a code that cannot exist malformed, perhaps before it looks at the secret.',
  },
  errors: [
    { error: 'redirect_uri_mismatch', explanation: 'redirect_uri_unregistered', vendorCode: 'redirect_uri_mismatch' },
    { error: 'invalid_grant', descriptionStart: 'Malformed auth code', explanation: 'code_spent' },
    { error: 'org_internal', explanation: 'account_foreign', vendorCode: 'org_internal' },
    { error: 'admin_policy_enforced', explanation: 'policy_refused', vendorCode: 'admin_policy_enforced' },
    { error: 'deleted_client', explanation: 'client_unknown', vendorCode: 'deleted_client' },
  ],
  // An address of elsewhere was proved once, when the account was made, and perhaps by somebody else than its owner now.
  emailAuthority: {
    issuer: 'https://accounts.google.com',
    ownDomains: ['gmail.com', 'googlemail.com'],
    domainClaim: 'hd',
  },
};
