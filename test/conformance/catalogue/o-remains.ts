import type { CaseGroup } from './group.ts';

export const remains: CaseGroup = {
  letter: 'O',
  title: 'What remains, and the second way to the same state',
  cases: [
    {
      id: 'H340',
      attack: 'Somebody with the database, but without the root key, blanks or removes what proves the audit trail',
      expected: 'The verification reports it, also after the next start',
    },
    {
      id: 'H341',
      attack: 'A group name with a leading slash, where the group without it makes admins',
      expected: 'The role admin needs the exact name',
    },
    {
      id: 'H342',
      attack: 'An organization is created, named or renamed so that it gets a slug with vouched domains',
      expected: 'Only an instance admin gives such a slug, and only explicitly',
    },
    {
      id: 'H343',
      attack:
        'A session from a break-glass code creates an identity, a secret, an invitation or anything else that lasts',
      expected: 'Rejected at every endpoint but those that repair the connection and end sessions',
    },
    {
      id: 'H344',
      attack:
        'Somebody who had an account comes back by what they gave with it: codes, secrets, machine identities, invitations',
      expected:
        'All of it ends when the account returns to its owner; when a member leaves, all but automation that the admin keeps',
    },
    {
      id: 'H345',
      attack:
        'An instance admin, signed in by an organization’s provider, gives something and loses their rights there',
      expected: 'Only a password makes an instance admin, so the grant ends',
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
        'Rejected: only from the local network, or with the token of the operator; nobody else learns that it is empty',
    },
    {
      id: 'H348',
      attack: 'Invitations fill a mailbox through tags, dots or made-up addresses of one domain',
      expected: 'Counted for the mailbox and for the domain, over all organizations',
    },
    {
      id: 'H349',
      attack: 'A limit or a rule of creation is passed by renewing what ran out',
      expected: 'Renewing is held to what creating is',
    },
  ],
};
