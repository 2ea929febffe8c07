import type { CaseGroup } from './group.ts';

export const claims: CaseGroup = {
  letter: 'D',
  title: 'ID-token claims and time',
  cases: [
    {
      id: 'H074',
      attack: 'An issuer that is missing, not a string, or only resembles the configured one',
      expected: 'Rejected: compared character by character',
    },
    {
      id: 'H075',
      attack: "A token from another organization's provider, signed with a key that both trust",
      expected: 'Rejected: issuer and audience must match the connection',
    },
    { id: 'H076', attack: 'An issuer template, or another tenant of the same vendor', expected: 'Rejected' },
    {
      id: 'H077',
      attack: 'An audience that is missing, different, a prefix, or one of thousands',
      expected: 'Rejected; the length of the list is limited',
    },
    {
      id: 'H078',
      attack: 'The audience check covers only one of the two forms',
      expected: 'A string and a list get the same check',
    },
    {
      id: 'H079',
      attack: 'A second audience in addition to the client id',
      expected: 'Rejected unless the connection trusts it',
    },
    { id: 'H080', attack: 'Our audience with another authorized party', expected: 'Rejected' },
    {
      id: 'H081',
      attack: 'An expiry that is missing, not a number, or out of range',
      expected: 'Rejected; an expiry far in the future extends nothing',
    },
    {
      id: 'H082',
      attack: 'A token that has expired or is not yet valid',
      expected: 'Rejected beyond one minute of tolerance',
    },
    { id: 'H083', attack: 'An `iat` that is missing, in the future, or long past', expected: 'Rejected' },
    {
      id: 'H084',
      attack: "The server's own clock is wrong",
      expected: 'Rejected; the status and the log show the clock difference',
    },
    {
      id: 'H085',
      attack: 'An `auth_time` that is too old or not a number',
      expected: 'A wrong type is always rejected; an old one is rejected if the connection sets a maximum age',
    },
    {
      id: 'H086',
      attack: 'A weaker authentication than the connection requires',
      expected: 'Rejected: name and type of the `acr` value must match',
    },
    {
      id: 'H087',
      attack: 'A nonce that is missing, wrong, a list, or from another sign-in attempt',
      expected: 'Rejected',
    },
    { id: 'H088', attack: 'An ID token is used a second time', expected: 'Rejected by its nonce' },
    { id: 'H089', attack: 'The hash of another access token', expected: 'Rejected' },
    { id: 'H090', attack: 'The hash of another code or state', expected: 'Rejected' },
    { id: 'H091', attack: 'A subject that is missing, empty, blank or not a string', expected: 'Rejected' },
    {
      id: 'H092',
      attack: 'A subject that is too long or has unstorable or invisible characters',
      expected: 'Rejected',
    },
    {
      id: 'H093',
      attack: 'Subjects that resemble each other',
      expected: 'Different users: compared character by character',
    },
    { id: 'H094', attack: 'An access token or logout token instead of an ID token', expected: 'Rejected' },
    { id: 'H095', attack: "One of our tokens instead of a provider's, and the reverse", expected: 'Rejected' },
    { id: 'H096', attack: 'A duplicate claim', expected: 'Every part of the server uses the last value' },
    {
      id: 'H097',
      attack: 'Two e-mail addresses, one in the ID token and one in userinfo',
      expected: 'Address and verification come from the same source; the ID token has precedence',
    },
    { id: 'H098', attack: 'Claims with names that resemble the ones the server reads', expected: 'Ignored' },
    { id: 'H099', attack: 'Thousands of unknown claims', expected: 'Dropped' },
    {
      id: 'H100',
      attack: 'Names with markup, line breaks or combining marks, or no name',
      expected: 'Stored sanitized and shortened; a missing name never rejects a member',
    },
    {
      id: 'H370',
      attack:
        'A claim value that only resembles the required one: other case, spaces, other letters, a substring, a nested list',
      expected: 'Rejected: values are compared by type and code unit',
    },
    {
      id: 'H371',
      attack: 'A claim path through inherited properties, lists or strings',
      expected: 'Finds nothing; only own properties of objects count',
    },
    {
      id: 'H372',
      attack: 'A rule on a required claim with a misspelled, duplicate or missing condition',
      expected: 'Not stored, because it would be weaker than it looks',
    },
    {
      id: 'H373',
      attack: 'An e-mail address in a list, or in a nested list',
      expected: 'Rejected: the server cannot prefer one of several addresses',
    },
    {
      id: 'H364',
      attack: 'A server whose endpoints imitate a well-known product',
      expected:
        'The product is detected only by evidence that other frameworks lack; an explicit default from the admin has precedence',
    },
    {
      id: 'H367',
      attack: 'A hash claim with padding',
      expected: 'Compared without the padding; a different hash is rejected',
    },
    {
      id: 'H369',
      attack: 'One untrusted audience among twenty trusted ones',
      expected: 'Rejected, and the error message names it',
    },
  ],
};
