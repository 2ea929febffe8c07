import type { CaseGroup } from './group.ts';

export const linking: CaseGroup = {
  letter: 'H',
  title: 'Linking and provisioning',
  cases: [
    {
      id: 'H180',
      attack: "Another organization's provider asserts a member's address, of a domain that is proved",
      expected: 'Another user: a domain links for its owner alone',
    },
    {
      id: 'H181',
      attack:
        "An organization's own provider asserts the address of a member, or of an administrator, under a new subject",
      expected: 'Refused',
    },
    {
      id: 'H182',
      attack: 'An admin keeps the configuration and sends its secret to other endpoints',
      expected: 'The secret is demanded again, and sign-ins of before prove nothing any more',
    },
    {
      id: 'H183',
      attack: 'A new provider asserts the subjects of the provider before',
      expected: 'Other users: a subject counts for its issuer alone',
    },
    {
      id: 'H184',
      attack: 'One subject at two providers, or one provider at two organizations',
      expected: 'Different users',
    },
    {
      id: 'H185',
      attack: 'A member comes with a new subject, since the client id changed',
      expected:
        'Refused, unless an admin lets that member relink: an address alone never moves an account that has an identity',
    },
    {
      id: 'H186',
      attack: 'A provider gives the subject of somebody who left to somebody else',
      expected: 'An admin is asked',
      outside: {
        when: 'later',
        why: 'A provider must never do so; that the address changed is in the audit trail, but no admin is asked first.',
      },
    },
    {
      id: 'H187',
      attack: "An account with somebody's address is there before they first sign in, with a password",
      expected: 'Not linked by the address; nobody makes such an account by themselves',
    },
    {
      id: 'H188',
      attack: 'A signed-in person is made to link the identity of an attacker',
      expected: 'Not possible',
      outside: { when: 'never', why: 'Nobody links an identity to a running session; there is no such request.' },
    },
    {
      id: 'H189',
      attack: 'An invitation is used by another address, or at another organization',
      expected: 'Refused, and the invitation stays open',
    },
    {
      id: 'H190',
      attack: 'Somebody takes the place of an invited person, or of a member without an identity, by the address alone',
      expected: 'Refused, or a plain newcomer, unless the organization owns the domain',
    },
    {
      id: 'H191',
      attack: 'A member who was removed or switched off signs in',
      expected: 'Refused, and not brought back',
    },
    { id: 'H192', attack: 'A stranger, where not everybody is admitted', expected: 'Refused; no user is made' },
    {
      id: 'H193',
      attack: 'A newcomer becomes an admin',
      expected: 'Newcomers get the role that is set for them, which is member unless an admin changed it',
    },
    {
      id: 'H194',
      attack: 'More newcomers at once than there are seats',
      expected: 'The limit holds',
      outside: { when: 'never', why: 'There are no seats: an organization has as many members as sign in.' },
    },
    {
      id: 'H195',
      attack: 'Somebody who is a member of 500 organizations signs in at one',
      expected: 'Nothing is written about the others',
    },
    {
      id: 'H196',
      attack: 'A session from one organization selects another one',
      expected: 'Not found, even for a member of both',
    },
    {
      id: 'H197',
      attack: 'The groups of a sign-in take the role from the last admin',
      expected: 'The last one stays an admin, and the trail tells it',
    },
    {
      id: 'H198',
      attack: "A member's profile follows the provider to another member's address",
      expected: 'Signs in and keeps the old one; the other account is not touched',
    },
    {
      id: 'H199',
      attack: 'A configuration that is switched off, before a sign-in or in the middle of it',
      expected: 'Refused; looked at again when the sign-in ends',
    },
  ],
};
