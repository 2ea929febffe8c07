import type { CaseGroup } from './group.ts';

export const linking: CaseGroup = {
  letter: 'H',
  title: 'Linking and provisioning',
  cases: [
    {
      id: 'H180',
      attack: "Another organization's provider asserts a member's address in a verified domain",
      expected: 'Another user: a verified domain allows linking only for its owner',
    },
    {
      id: 'H181',
      attack: "An organization's own provider asserts the address of a member or an instance admin with a new subject",
      expected: 'Rejected',
    },
    {
      id: 'H182',
      attack: 'An admin keeps the connection and sends its secret to other endpoints',
      expected: 'The secret must be entered again, and earlier sign-ins no longer count as a test of the connection',
    },
    {
      id: 'H183',
      attack: "A new provider asserts the previous provider's subjects",
      expected: 'Other users: a subject is valid only for its issuer',
    },
    {
      id: 'H184',
      attack: 'One subject at two providers, or one provider at two organizations',
      expected: 'Different users',
    },
    {
      id: 'H185',
      attack: 'A member has a new subject because the client ID changed',
      expected: 'Rejected unless an admin allows relinking: an address never moves an account that has an identity',
    },
    {
      id: 'H186',
      attack: "A provider reassigns a former user's subject to another user",
      expected: 'An admin must approve',
      outside: {
        when: 'later',
        why: 'The standard forbids this. The audit trail records the changed address, but no admin approves it first.',
      },
    },
    {
      id: 'H187',
      attack: "An account with the user's address and a password exists before their first sign-in",
      expected: 'Not linked by the address; users cannot create such an account themselves',
    },
    {
      id: 'H188',
      attack: "A signed-in user is tricked into linking an attacker's identity",
      expected: 'Not possible',
      outside: { when: 'never', why: 'No request links an identity to an existing session.' },
    },
    {
      id: 'H189',
      attack: 'An invitation is accepted with another address, or at another organization',
      expected: 'Rejected, and the invitation stays open',
    },
    {
      id: 'H190',
      attack:
        'A stranger takes over the account of an invited user, or of a member without an identity, by the address alone',
      expected: 'Rejected, or provisioned as a new user, unless the organization owns the domain',
    },
    {
      id: 'H191',
      attack: 'A removed or deactivated member signs in',
      expected: 'Rejected, and not reactivated',
    },
    {
      id: 'H192',
      attack: 'An unknown user signs in where provisioning is restricted',
      expected: 'Rejected; no user is created',
    },
    {
      id: 'H193',
      attack: 'A new user becomes an admin',
      expected: 'New users get the configured role, by default member',
    },
    {
      id: 'H194',
      attack: 'More concurrent first sign-ins than seats',
      expected: 'The limit is enforced',
      outside: { when: 'never', why: 'There are no seats: an organization can have any number of members.' },
    },
    {
      id: 'H195',
      attack: 'A member of 500 organizations signs in at one',
      expected: 'Nothing is written about the others',
    },
    {
      id: 'H196',
      attack: 'A session of one organization selects another',
      expected: 'Not found, even for a member of both',
    },
    {
      id: 'H197',
      attack: 'The groups of a sign-in remove the role of the last admin',
      expected: 'The last admin keeps the role, and the audit trail records it',
    },
    {
      id: 'H198',
      attack: "A member's profile changes at the provider to another member's address",
      expected: 'The member signs in and keeps the old address; the other account is unchanged',
    },
    {
      id: 'H199',
      attack: 'A connection is deactivated before or during a sign-in',
      expected: 'Rejected; the status is checked again when the sign-in ends',
    },
  ],
};
