import type { CaseGroup } from './group.ts';

export const remains: CaseGroup = {
  letter: 'O',
  title: 'Remaining credentials, and second paths to the same state',
  cases: [
    {
      id: 'H340',
      attack: 'An attacker with the database, but without the root key, blanks or removes the proof of the audit trail',
      expected: 'The verification reports it, also after the next start',
    },
    {
      id: 'H341',
      attack: 'A group name with a leading slash, where the group without it grants the admin role',
      expected: 'The admin role requires the exact name',
    },
    {
      id: 'H342',
      attack: 'An organization is created or renamed to get a slug with trusted domains',
      expected: 'Only an instance admin assigns such a slug, and only explicitly',
    },
    {
      id: 'H343',
      attack: 'A break-glass session creates an identity, a secret, an invitation or anything else that outlives it',
      expected: 'Rejected at every endpoint except those that repair the connection and end sessions',
    },
    {
      id: 'H344',
      attack:
        'A former user returns with credentials that they created: codes, secrets, machine identities, invitations',
      expected:
        'All of them end when the account returns to its owner; when a member leaves, only automation that the admin keeps survives',
    },
    {
      id: 'H345',
      attack:
        "An instance admin signs in through an organization's provider, issues a grant and loses their role there",
      expected: 'Only a password sign-in has instance-admin rights, so the grant ends',
    },
    {
      id: 'H346',
      attack: 'A restored backup revives ended sessions, revoked tokens, used codes and withdrawn invitations',
      expected: 'All sessions, machine tokens, one-time codes and open invitations end unless the operator keeps them',
    },
    {
      id: 'H347',
      attack: 'A stranger, or a page by DNS rebinding, finds an empty server and sets it up',
      expected:
        "Rejected: setup requires the local network or the operator's token; other callers cannot tell that the server is empty",
    },
    {
      id: 'H348',
      attack: 'Invitations flood a mailbox through tags, dots or invented addresses of one domain',
      expected: 'Counted per mailbox and per domain, across all organizations',
    },
    {
      id: 'H349',
      attack: 'Renewing an expired resource bypasses a limit or rule for creation',
      expected: 'Renewal has the same checks as creation',
    },
  ],
};
