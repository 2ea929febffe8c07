import type { CaseGroup } from './group.ts';

export const email: CaseGroup = {
  letter: 'G',
  title: 'E-mail addresses and domains',
  cases: [
    { id: 'H152', attack: 'A domain that ends like an allowed one', expected: 'Refused: compared label by label' },
    { id: 'H153', attack: 'An allowed domain, or a wildcard of it, in the middle of a name', expected: 'Refused' },
    { id: 'H154', attack: 'Two at signs', expected: 'Refused as no address' },
    { id: 'H155', attack: 'A quoted local part that holds an address', expected: 'Refused as no address' },
    { id: 'H156', attack: 'An encoded word that hides an address', expected: 'Refused as no address' },
    { id: 'H157', attack: 'Angle brackets, comments, lists', expected: 'Refused as no address' },
    { id: 'H158', attack: 'Line breaks, NUL and blanks around or within', expected: 'Refused as no address' },
    { id: 'H159', attack: 'A dot at the end, a missing part', expected: 'Refused as no address' },
    { id: 'H160', attack: 'An address literal or a single label for a domain', expected: 'Refused as no address' },
    { id: 'H161', attack: 'A subdomain of an entry', expected: 'Refused; a wildcard covers it, and the domain itself' },
    { id: 'H162', attack: 'Entries that cover the names of strangers', expected: 'Not stored' },
    { id: 'H163', attack: 'Untidy entries, or thousands', expected: 'Tidied; too many are not stored' },
    { id: 'H164', attack: 'No entry at all', expected: 'Every domain may sign in, as documented' },
    { id: 'H165', attack: 'A look-alike in another script', expected: 'Another domain' },
    { id: 'H166', attack: 'Characters that are folded into an allowed name', expected: 'Refused as no address' },
    { id: 'H167', attack: 'Invalid punycode', expected: 'Refused as no address' },
    { id: 'H168', attack: 'More after the domain', expected: 'Refused as no address' },
    {
      id: 'H169',
      attack: 'Case, dots and tags in the local part',
      expected: 'Case does not make another member; dots and tags do',
    },
    { id: 'H170', attack: 'Letters whose lower case differs between programs', expected: 'Refused as no address' },
    { id: 'H171', attack: 'An address that is missing, no text or huge', expected: 'Refused' },
    {
      id: 'H172',
      attack: 'email_verified in every type and spelling',
      expected: 'True, false, or unknown, never by truthiness',
    },
    {
      id: 'H173',
      attack: 'An address that the provider calls unverified',
      expected: 'Links no existing account',
    },
    {
      id: 'H174',
      attack: "A member's address, asserted by the provider of another tenant",
      expected: 'Another user: the issuer and the subject identify, never the address',
    },
    {
      id: 'H175',
      attack: 'A Google account with an address of elsewhere and no hosted domain',
      expected: 'Unverified for linking',
    },
    {
      id: 'H176',
      attack: 'The next owner of a domain asserts old addresses',
      expected: 'No link to the accounts of before',
    },
    {
      id: 'H177',
      attack: 'Many claim one domain, or one above or below it',
      expected: 'One owner; each name is proved',
    },
    { id: 'H178', attack: 'A record that only resembles the proof', expected: 'No proof' },
    {
      id: 'H179',
      attack: 'A member is renamed to an address that is taken',
      expected: 'Signs in and keeps the old one',
    },
  ],
};
