import type { CaseGroup } from './group.ts';

export const claims: CaseGroup = {
  letter: 'D',
  title: 'ID-token claims and time',
  cases: [
    {
      id: 'H074',
      attack: 'An issuer that is missing, no text, or only resembles the configured one',
      expected: 'Refused: compared character by character',
    },
    {
      id: 'H075',
      attack: "A token of another organization's provider, signed with a key that both trust",
      expected: 'Refused: issuer and audience are of the connection',
    },
    { id: 'H076', attack: 'A template of an issuer, or another tenant of the same vendor', expected: 'Refused' },
    {
      id: 'H077',
      attack: 'An audience that is missing, another, a prefix, or one of thousands',
      expected: 'Refused; lists are short',
    },
    {
      id: 'H078',
      attack: 'The check of the audience covers one of its two forms',
      expected: 'Text and list are checked alike',
    },
    { id: 'H079', attack: 'A second audience beside ours', expected: 'Refused unless the connection trusts it' },
    { id: 'H080', attack: 'Our audience, and another authorized party', expected: 'Refused' },
    {
      id: 'H081',
      attack: 'An expiry that is missing, no number, or beyond counting',
      expected: 'Refused; one far ahead lengthens nothing',
    },
    {
      id: 'H082',
      attack: 'A token that has expired or does not hold yet',
      expected: 'Refused beyond a minute of tolerance',
    },
    { id: 'H083', attack: 'A time of issue that is missing, ahead, or long ago', expected: 'Refused' },
    {
      id: 'H084',
      attack: 'Our own clock is wrong',
      expected: 'Refused; the status and the log say how far the clocks are apart',
    },
    {
      id: 'H085',
      attack: 'A time of authentication that is too old or no number',
      expected: 'Refused: one of the wrong type always, one too old where the connection asks for a maximum age',
    },
    {
      id: 'H086',
      attack: 'A weaker authentication than the connection demands',
      expected: 'Refused, by name and type of the context alike',
    },
    { id: 'H087', attack: 'A nonce that is missing, wrong, a list, or of another attempt', expected: 'Refused' },
    { id: 'H088', attack: 'An ID token used a second time', expected: 'Refused by its nonce' },
    { id: 'H089', attack: 'A hash of another access token', expected: 'Refused' },
    { id: 'H090', attack: 'Hashes of another code or state', expected: 'Refused' },
    { id: 'H091', attack: 'A subject that is missing, empty, blank or no text', expected: 'Refused' },
    { id: 'H092', attack: 'A subject that is too long or holds what cannot be stored or seen', expected: 'Refused' },
    {
      id: 'H093',
      attack: 'Subjects that resemble each other',
      expected: 'Different people: compared character by character',
    },
    { id: 'H094', attack: 'An access or logout token for an ID token', expected: 'Refused' },
    { id: 'H095', attack: "One of our tokens for a provider's, and the reverse", expected: 'Refused' },
    { id: 'H096', attack: 'A member of the claims that is there twice', expected: 'One meaning everywhere: the last' },
    {
      id: 'H097',
      attack: 'Two addresses, one in the ID token and one at userinfo',
      expected: 'Address and verification come from one source, the ID token first',
    },
    { id: 'H098', attack: 'Claims with names that resemble those that are read', expected: 'Not read' },
    { id: 'H099', attack: 'Thousands of unknown claims', expected: 'Dropped' },
    {
      id: 'H100',
      attack: 'Names with markup, line breaks and marks, or none',
      expected: 'Stored clean and short; a missing one never refuses a member',
    },
    {
      id: 'H370',
      attack:
        'A rule on a required claim is met by a lookalike: other case, blanks, other letters, a part, a nested list',
      expected: 'Rejected: values are compared by type and code unit for code unit',
    },
    {
      id: 'H371',
      attack: 'A path to a claim through inherited members, lists or texts',
      expected: 'Leads nowhere; only the own members of objects count',
    },
    {
      id: 'H372',
      attack: 'A rule on a required claim with a misspelled, doubled or missing condition',
      expected: 'Not stored, because it would be weaker than it looks',
    },
    {
      id: 'H373',
      attack: 'An e-mail address among several in a list, or in a list of lists',
      expected: 'Rejected: none of several can be preferred',
    },
    {
      id: 'H364',
      attack: 'A server whose endpoints are those of a well-known product',
      expected: 'Taken for it only with more than a framework has; an admin who names a default decides',
    },
    { id: 'H367', attack: 'A hash claim with padding', expected: 'Compared without it; another hash is refused' },
    {
      id: 'H369',
      attack: 'One untrusted audience among twenty trusted ones',
      expected: 'Refused, and the advice names it',
    },
  ],
};
