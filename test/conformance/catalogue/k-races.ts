import type { CaseGroup } from './group.ts';

export const races: CaseGroup = {
  letter: 'K',
  title: 'Races and changes of the configuration',
  cases: [
    {
      id: 'H245',
      attack: 'Fifty first sign-ins of one person at once',
      expected: 'One user, one membership, one identity',
    },
    {
      id: 'H246',
      attack: 'Two subjects with one address sign in at once',
      expected: 'One gets the account, one is refused',
    },
    {
      id: 'H247',
      attack: 'A first sign-in while a directory creates the same person',
      expected: 'One user',
      outside: { when: 'later', why: 'Nothing but a sign-in makes a member: there is no provisioning by a directory.' },
    },
    { id: 'H248', attack: 'Switched off or deleted while somebody signs in', expected: 'The sign-in is refused' },
    {
      id: 'H249',
      attack: 'Another issuer, client, address or algorithm while somebody signs in',
      expected: 'The sign-in is refused, and no code or secret is sent',
    },
    {
      id: 'H250',
      attack: 'The client secret is rotated while somebody signs in',
      expected: 'The sign-in is refused before any secret is sent',
    },
    {
      id: 'H251',
      attack: 'The domains are narrowed while somebody signs in',
      expected: 'Refused; the next sign-in meets the narrower list',
    },
    {
      id: 'H252',
      attack: 'The organization is deleted or suspended while somebody signs in',
      expected: 'Refused, and nothing is left behind',
      outside: { when: 'later', why: 'No endpoint deletes or suspends an organization.' },
    },
    {
      id: 'H253',
      attack: 'Several admins change one configuration at once',
      expected: 'One succeeds; no mixture is stored',
    },
    {
      id: 'H254',
      attack: 'A change of the type leaves fields missing',
      expected: 'Refused: the whole has to be valid',
    },
    {
      id: 'H255',
      attack: 'Single sign-on is enforced though nobody can sign in with it',
      expected: 'Refused without a sign-in since the last change that matters',
    },
    { id: 'H256', attack: 'Documents of the provider of before are still remembered', expected: 'Not used any more' },
    { id: 'H257', attack: 'A second node knows an older configuration', expected: 'It follows with the next request' },
    {
      id: 'H258',
      attack: "A domain is no longer the organization's",
      expected: 'It leads to no sign-in and links nobody',
    },
    { id: 'H259', attack: 'Two nodes renew a key at once', expected: 'One new key' },
    {
      id: 'H260',
      attack: 'Programs of two versions over one database',
      expected:
        'The older one goes on during and after the migration, since migrations only add; it does not start anew',
    },
    {
      id: 'H261',
      attack: 'The answer to a commit is lost',
      expected: 'A repetition makes neither a second user nor a second entry of the audit trail',
    },
  ],
};
