import type { CaseGroup } from './group.ts';

export const groups: CaseGroup = {
  letter: 'I',
  title: 'Groups',
  cases: [
    { id: 'H200', attack: 'The claim is missing, or has another name', expected: 'No group changes' },
    { id: 'H201', attack: 'One text instead of a list', expected: 'One group of that name' },
    { id: 'H202', attack: 'An object instead of a list', expected: 'No group changes' },
    { id: 'H203', attack: 'Objects, numbers, lists or null among the names', expected: 'No group changes' },
    {
      id: 'H204',
      attack: 'The provider says that there are more groups than it tells',
      expected: 'No group changes, and no address in the token is called',
    },
    {
      id: 'H205',
      attack: 'Thousands of names, or names twice',
      expected: 'Too many change nothing; a name counts once',
    },
    {
      id: 'H206',
      attack: 'Names that resemble a group',
      expected: 'Compared character by character; a group of admins so whatever was chosen',
    },
    {
      id: 'H207',
      attack: 'Paths instead of names',
      expected: 'A leading slash is dropped; the last part alone is no name',
    },
    { id: 'H208', attack: 'A name that contains a slash', expected: 'Compared whole' },
    { id: 'H209', attack: 'Names that mean something to programs', expected: 'Plain text' },
    {
      id: 'H210',
      attack: 'Ids where names are expected',
      expected: 'No group matches, and the record says what the claim was',
    },
    { id: 'H211', attack: 'A member makes a group at the provider', expected: 'Groups are made by admins alone' },
    {
      id: 'H212',
      attack: 'Two sets of groups, one in the ID token and one at userinfo',
      expected: 'The ID token decides; they are never joined',
    },
    {
      id: 'H213',
      attack: 'A sync would remove nearly everybody',
      expected: 'It is held',
      outside: { when: 'later', why: 'Groups change at the sign-in of each member alone, never for many at once.' },
    },
    { id: 'H214', attack: 'A membership that an admin gave is not in the claim', expected: 'It stays' },
    {
      id: 'H215',
      attack: 'Sign-ins at once with different claims',
      expected: 'The groups of one of them, never a mixture',
    },
    {
      id: 'H216',
      attack: 'A group goes while members sign in',
      expected: 'Nobody is refused and nothing is left behind',
    },
    {
      id: 'H217',
      attack: 'Groups are read in the background with a withdrawn token',
      expected: 'Nobody loses a group by it',
      outside: { when: 'later', why: 'Nothing is asked of a provider between sign-ins.' },
    },
    { id: 'H218', attack: 'Changes by hand while the provider manages memberships', expected: 'Refused' },
    {
      id: 'H375',
      attack: 'Groups at a path that is blocked, or in a text that is not in its format',
      expected: 'Changes nothing; the record says that the claim is malformed',
    },
    {
      id: 'H362',
      attack: 'The claim is missing, and an absent claim counts as empty',
      expected: 'Only what the provider gave ends; the last admin stays; a failed userinfo request is no absence',
    },
  ],
};
