import type { Requirement } from './requirement.ts';

/** NIST SP 800-63C-4, the duties of a relying party. */
export const nist: readonly Requirement[] = [
  ['2.1 to 2.2', 'Every assertion is verified with the key of the expected provider', 'met', 'Groups C and D'],
  [
    '2.3',
    'FAL2: injection protection, begun at the relying party, one audience, agreement beforehand',
    'met',
    'H101, H105, H132, H079',
  ],
  ['2.4', 'FAL3: bound authenticators', 'not met', 'Not claimed'],
  ['2.5', 'Levels are defined', 'not ours', 'A matter of who runs the server'],
  ['3.2.3', 'Duties of a proxy', 'not ours', 'No assertions are passed on'],
  ['3.3', 'A subject never without its issuer', 'met', 'H184'],
  [
    '3.4',
    'What is agreed with the provider',
    'met',
    'The stored configuration, and what was assumed beyond it (docs/identity-providers.md)',
  ],
  ['3.4.3', 'Members learn whom to turn to', 'met', 'The error page shows an id to read out to the admin'],
  ['3.5', 'Keys belong to one pair, identifiers are exact, keys are rotated', 'met', 'H068, H073, H074, H076, H296'],
  ['3.5.1', 'Keys come over an authenticated channel', 'met', 'https only, H033'],
  ['3.6', 'Attributes serve the purpose alone', 'met', 'Name, address and groups; the rest is dropped (H099)'],
  ['3.7', 'An identifier belongs to one account', 'met', 'H183, H184'],
  ['3.7.1', 'Members are told when an identity is linked', 'not met', 'It is in the audit trail; nobody is written to'],
  ['3.7.2', 'Linking by address is unique and weighed', 'met', 'Only for domains that are proved (H180, H187)'],
  ['3.8', 'A session only for a valid assertion of the expected provider', 'met', 'H199'],
  [
    '3.9, 3.9.1',
    'Privacy is weighed, and little is asked for',
    'not ours',
    'A matter of who runs the server; openid, profile and email unless more are configured',
  ],
  ['3.10.1', 'No sign-in that the provider begins', 'met', 'H132'],
  [
    '3.10.3',
    'Personal data go with their owner, and are protected at rest',
    'not met',
    'Nothing deletes a user yet (H279); secrets are sealed in the database, addresses and names are not',
  ],
  ['3.11.3', 'Userinfo matches the subject and never opens a session alone', 'met', 'H144, H135'],
  ['3.12', 'Assertions are unique and wholly signed', 'met', 'H088'],
  ['4.6.3', 'Accounts made on the way are bound to the identifier', 'met', 'H180'],
  ['4.6.4, 4.8', 'Signals of termination', 'not met', 'No logout or provisioning channel from the provider yet'],
  ['4.6.7', 'Accounts that nobody uses', 'not met', 'They stay until an admin removes them'],
  ['4.7', 'Sessions do not depend on the life of an assertion', 'met', 'H081'],
];
