import type { Requirement } from './requirement.ts';

/** NIST SP 800-63C-4, requirements for a relying party. */
export const nist: readonly Requirement[] = [
  ['2.1 to 2.2', 'Every assertion is verified with the key of the expected provider', 'met', 'Groups C and D'],
  [
    '2.3',
    'FAL2: injection protection, initiated by the relying party, one audience, prior agreement',
    'met',
    'H101, H105, H132, H079',
  ],
  ['2.4', 'FAL3: bound authenticators', 'not met', 'Not claimed'],
  ['2.5', 'Assurance levels are defined', 'out of scope', 'The operator decides'],
  ['3.2.3', 'Requirements for a proxy', 'out of scope', 'No assertions are passed on'],
  ['3.3', 'A subject is always used with its issuer', 'met', 'H184'],
  [
    '3.4',
    'The agreement with the provider',
    'met',
    'The stored connection, and additional assumptions (docs/identity-providers.md)',
  ],
  ['3.4.3', 'Members learn who can help them', 'met', 'The error page shows an ID that the member gives to the admin'],
  [
    '3.5',
    'Keys belong to one pair of parties, identifiers are exact, keys are rotated',
    'met',
    'H068, H073, H074, H076, H296',
  ],
  ['3.5.1', 'Keys are fetched over an authenticated channel', 'met', 'Only HTTPS, H033'],
  [
    '3.6',
    'Attributes are used only for their purpose',
    'met',
    'Name, e-mail address and groups; the rest is discarded (H099)',
  ],
  ['3.7', 'An identifier belongs to one account', 'met', 'H183, H184'],
  [
    '3.7.1',
    'Members are notified when an identity is linked',
    'not met',
    'The audit trail records it; no notification is sent',
  ],
  [
    '3.7.2',
    'Linking by e-mail address is unique and a considered risk',
    'met',
    'Only for verified domains (H180, H187)',
  ],
  ['3.8', 'A session only for a valid assertion of the expected provider', 'met', 'H199'],
  [
    '3.9, 3.9.1',
    'Privacy is assessed, and few attributes are requested',
    'out of scope',
    'The operator decides; `openid`, `profile` and `email` unless more are configured',
  ],
  ['3.10.1', 'No sign-in that the provider starts', 'met', 'H132'],
  [
    '3.10.3',
    'Personal data is deleted with its owner, and protected at rest',
    'not met',
    'No endpoint deletes a user yet (H279); secrets are encrypted in the database, addresses and names are not',
  ],
  ['3.11.3', 'Userinfo matches the subject and never creates a session by itself', 'met', 'H144, H135'],
  ['3.12', 'Assertions are unique and completely signed', 'met', 'H088'],
  ['4.6.3', 'Just-in-time accounts are bound to the identifier', 'met', 'H180'],
  ['4.6.4, 4.8', 'Termination signals', 'not met', 'There is no logout or provisioning channel from the provider yet'],
  ['4.6.7', 'Inactive accounts', 'not met', 'They stay until an admin removes them'],
  ['4.7', 'Sessions do not depend on the lifetime of an assertion', 'met', 'H081'],
];
