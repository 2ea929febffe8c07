import type { CaseGroup } from './group.ts';

export const email: CaseGroup = {
  letter: 'G',
  title: 'E-mail addresses and domains',
  cases: [
    {
      id: 'H152',
      attack: 'A domain with the same ending as an allowed one',
      expected: 'Rejected: compared label by label',
    },
    { id: 'H153', attack: 'An allowed domain, or a wildcard, inside a longer name', expected: 'Rejected' },
    { id: 'H154', attack: 'Two @ signs', expected: 'Rejected as an invalid address' },
    { id: 'H155', attack: 'A quoted local part that contains an address', expected: 'Rejected as an invalid address' },
    { id: 'H156', attack: 'An encoded word that hides an address', expected: 'Rejected as an invalid address' },
    { id: 'H157', attack: 'Angle brackets, comments, lists', expected: 'Rejected as an invalid address' },
    { id: 'H158', attack: 'Line breaks, NUL and spaces around or within', expected: 'Rejected as an invalid address' },
    { id: 'H159', attack: 'A trailing dot, a missing part', expected: 'Rejected as an invalid address' },
    {
      id: 'H160',
      attack: 'An address literal or a single label as the domain',
      expected: 'Rejected as an invalid address',
    },
    {
      id: 'H161',
      attack: 'A subdomain of an entry',
      expected: 'Rejected; a wildcard entry covers subdomains and the domain itself',
    },
    { id: 'H162', attack: 'Entries that cover the domains of others', expected: 'Not stored' },
    {
      id: 'H163',
      attack: 'Entries with spaces or mixed case, or thousands of entries',
      expected: 'Normalized; too many are not stored',
    },
    { id: 'H164', attack: 'No entry', expected: 'Every domain may sign in, as documented' },
    { id: 'H165', attack: 'A look-alike in another script', expected: 'A different domain' },
    {
      id: 'H166',
      attack: 'Characters that case folding turns into an allowed name',
      expected: 'Rejected as an invalid address',
    },
    { id: 'H167', attack: 'Invalid punycode', expected: 'Rejected as an invalid address' },
    { id: 'H168', attack: 'More text after the domain', expected: 'Rejected as an invalid address' },
    {
      id: 'H169',
      attack: 'Case, dots and tags in the local part',
      expected: 'Case does not create another member; dots and tags do',
    },
    {
      id: 'H170',
      attack: 'Letters whose lower case differs between programs',
      expected: 'Rejected as an invalid address',
    },
    { id: 'H171', attack: 'An address that is missing, not a string, or very long', expected: 'Rejected' },
    {
      id: 'H172',
      attack: '`email_verified` in every type and spelling',
      expected: 'True, false or unknown, never by truthiness',
    },
    {
      id: 'H173',
      attack: 'An address that the provider reports as unverified',
      expected: 'Links no existing account',
    },
    {
      id: 'H174',
      attack: "A member's address, asserted by another tenant's provider",
      expected: 'Another user: issuer and subject identify a user, never the address',
    },
    {
      id: 'H175',
      attack: 'A Google account with an address outside Google and no hosted domain',
      expected: 'Counts as unverified for linking',
    },
    {
      id: 'H176',
      attack: 'The next owner of a domain asserts old addresses',
      expected: 'Not linked to the previous accounts',
    },
    {
      id: 'H177',
      attack: 'Several organizations claim one domain, or a parent or subdomain of it',
      expected: 'One owner; each name is verified separately',
    },
    {
      id: 'H178',
      attack: 'A DNS record that only resembles the verification record',
      expected: 'The domain stays unverified',
    },
    {
      id: 'H179',
      attack: "A member's address changes to one that is already in use",
      expected: 'The member signs in and keeps the old address',
    },
  ],
};
