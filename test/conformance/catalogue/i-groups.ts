import type { CaseGroup } from './group.ts';

export const groups: CaseGroup = {
  letter: 'I',
  title: 'Groups',
  cases: [
    { id: 'H200', attack: 'The claim is missing, or has another name', expected: 'No group changes' },
    { id: 'H201', attack: 'A string instead of a list', expected: 'One group with that name' },
    { id: 'H202', attack: 'An object instead of a list', expected: 'No group changes' },
    { id: 'H203', attack: 'Objects, numbers, lists or null among the names', expected: 'No group changes' },
    {
      id: 'H204',
      attack: 'The provider reports that there are more groups than it sends',
      expected: 'No group changes, and no URL in the token is called',
    },
    {
      id: 'H205',
      attack: 'Thousands of names, or duplicates',
      expected: 'Too many names change nothing; duplicates count once',
    },
    {
      id: 'H206',
      attack: 'Names that resemble a group',
      expected: 'Compared character by character; for an admin group regardless of the settings',
    },
    {
      id: 'H207',
      attack: 'Paths instead of names',
      expected: 'A leading slash is removed; the last segment alone does not match',
    },
    { id: 'H208', attack: 'A name that contains a slash', expected: 'The whole name is compared' },
    { id: 'H209', attack: 'Names with a special meaning in programs', expected: 'Plain text' },
    {
      id: 'H210',
      attack: 'IDs where names are expected',
      expected: 'No group matches, and the record shows the claim',
    },
    { id: 'H211', attack: 'A member creates a group at the provider', expected: 'Only admins create groups' },
    {
      id: 'H212',
      attack: 'Two lists of groups, one in the ID token and one in userinfo',
      expected: 'The ID token has precedence; the lists are never merged',
    },
    {
      id: 'H213',
      attack: 'A sync would remove almost all members',
      expected: 'The sync is paused',
      outside: { when: 'later', why: "Groups change only at each member's sign-in, never for many members at once." },
    },
    {
      id: 'H214',
      attack: 'A membership that an admin added is missing from the claim',
      expected: 'The membership is kept',
    },
    {
      id: 'H215',
      attack: 'Concurrent sign-ins with different claims',
      expected: 'The groups of one of them, never a mixture',
    },
    {
      id: 'H216',
      attack: 'A group is deleted during sign-ins',
      expected: 'No sign-in is rejected, and no data is left behind',
    },
    {
      id: 'H217',
      attack: 'Groups are read in the background with a revoked token',
      expected: 'No member loses a group',
      outside: { when: 'later', why: 'The server sends no requests to a provider between sign-ins.' },
    },
    { id: 'H218', attack: 'Manual changes while the provider manages memberships', expected: 'Rejected' },
    {
      id: 'H375',
      attack: 'Groups at a blocked path, or in a string with an invalid format',
      expected: 'No group changes; the record reports the claim as malformed',
    },
    {
      id: 'H362',
      attack: 'The claim is missing, and the connection treats a missing claim as an empty list',
      expected:
        'Only memberships from the provider end; the last admin stays; a failed userinfo request does not count as a missing claim',
    },
  ],
};
