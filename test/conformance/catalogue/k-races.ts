import type { CaseGroup } from './group.ts';

export const races: CaseGroup = {
  letter: 'K',
  title: 'Races and changes of the connection',
  cases: [
    {
      id: 'H245',
      attack: 'Fifty concurrent first sign-ins of one user',
      expected: 'One user, one membership, one identity',
    },
    {
      id: 'H246',
      attack: 'Two subjects with one e-mail address sign in at once',
      expected: 'One gets the account, the other is rejected',
    },
    {
      id: 'H247',
      attack: 'A first sign-in while a directory creates the same user',
      expected: 'One user',
      outside: { when: 'later', why: 'Only a sign-in creates a member: there is no directory provisioning.' },
    },
    {
      id: 'H248',
      attack: 'A user is deactivated or deleted during their sign-in',
      expected: 'The sign-in is rejected',
    },
    {
      id: 'H249',
      attack: 'Issuer, client, endpoint or algorithm changes during a sign-in',
      expected: 'The sign-in is rejected, and no code or secret is sent',
    },
    {
      id: 'H250',
      attack: 'The client secret is rotated during a sign-in',
      expected: 'The sign-in is rejected before any secret is sent',
    },
    {
      id: 'H251',
      attack: 'The allowed domains are narrowed during a sign-in',
      expected: 'Rejected; the next sign-in uses the narrower list',
    },
    {
      id: 'H252',
      attack: 'The organization is deleted or suspended during a sign-in',
      expected: 'Rejected, and no data is left behind',
      outside: { when: 'later', why: 'No endpoint deletes or suspends an organization.' },
    },
    {
      id: 'H253',
      attack: 'Several admins change one connection at once',
      expected: 'One succeeds; no mixture is stored',
    },
    {
      id: 'H254',
      attack: 'A change of the type leaves required fields empty',
      expected: 'Rejected: the complete result must be valid',
    },
    {
      id: 'H255',
      attack: 'Single sign-on is enforced although no user can sign in with it',
      expected: 'Rejected without a successful sign-in since the last relevant change',
    },
    { id: 'H256', attack: 'Documents of the previous provider are still cached', expected: 'No longer used' },
    {
      id: 'H257',
      attack: 'A second node has an older configuration cached',
      expected: 'It uses the new one from the next request',
    },
    {
      id: 'H258',
      attack: 'A domain no longer belongs to the organization',
      expected: 'It starts no sign-in and links no user',
    },
    { id: 'H259', attack: 'Two nodes renew a key at once', expected: 'One new key' },
    {
      id: 'H260',
      attack: 'Programs of two versions use one database',
      expected:
        'The older version keeps running during and after the migration, because migrations only add; it does not restart',
    },
    {
      id: 'H261',
      attack: 'The response to a commit is lost',
      expected: 'A retry creates neither a second user nor a second entry in the audit trail',
    },
  ],
};
