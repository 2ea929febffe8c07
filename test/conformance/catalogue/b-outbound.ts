import type { CaseGroup } from './group.ts';

export const outbound: CaseGroup = {
  letter: 'B',
  title: 'Outbound requests',
  cases: [
    {
      id: 'H021',
      attack:
        'An address that is loopback, private, link-local, multicast, reserved, or where a cloud keeps its secrets',
      expected: 'Not stored and not called; of the last no setting allows any',
    },
    {
      id: 'H022',
      attack: 'Such an address in decimal, octal, hexadecimal, full-width digits, or inside an IPv6 address',
      expected: 'Counts as what it is',
    },
    {
      id: 'H023',
      attack: 'A name that only a local network answers, or a public name that leads into it',
      expected: 'The one is refused as a name, the other by the address that it resolves to',
    },
    {
      id: 'H024',
      attack: 'A name that resolves to a public address when checked and to a private one when dialled',
      expected: 'It is resolved once, and what was checked is dialled',
    },
    { id: 'H025', attack: 'A name with public and private addresses at once', expected: 'Refused' },
    {
      id: 'H026',
      attack: 'An address that a discovery document names instead of the admin',
      expected: 'Each endpoint is held against the same policy',
    },
    {
      id: 'H027',
      attack: 'A literal address, for which no resolver is asked',
      expected: 'Checked before anything is dialled',
    },
    {
      id: 'H028',
      attack: 'A URL in which two parsers see two hosts',
      expected: 'Refused, or dialled as the one parser read it that decided on it',
    },
    {
      id: 'H029',
      attack: 'A URL with a password, another port, or thousands of characters',
      expected: 'Refused; other ports are for the operator to allow',
    },
    { id: 'H030', attack: 'Plain http', expected: 'Refused unless the operator listed the host' },
    {
      id: 'H031',
      attack: 'A connection test as a scanner of the network that the server stands in, by its texts or its time',
      expected:
        'One text and one time for everything that cannot be reached; so many tests a minute, each in the trail',
    },
    {
      id: 'H032',
      attack: 'A provider on a private network, with a certificate of a private authority',
      expected: 'Works where the operator listed its host or range and trusts the authority, and only there',
    },
    {
      id: 'H033',
      attack: 'A certificate that nobody vouches for, that has expired, is of another host or has a small key; old TLS',
      expected: 'Refused; the record tells which',
    },
    {
      id: 'H034',
      attack: 'A body without end, or of another length than announced',
      expected: 'Cut off at the limit, and the connection with it',
    },
    { id: 'H035', attack: 'A compressed body that grows a thousandfold', expected: 'Refused unopened' },
    { id: 'H036', attack: 'A long chain of encodings', expected: 'Refused unopened' },
    {
      id: 'H037',
      attack: 'A server that takes the connection and then its time, with its handshake, its first byte or each byte',
      expected: 'Given up at the limit of each, and of the whole',
    },
    {
      id: 'H038',
      attack: 'Headers without end, thousands of cookies, interim answers without end',
      expected: 'Cut off at the limit; no cookie is kept or sent',
    },
    {
      id: 'H039',
      attack: 'An answer too many on a connection that is kept',
      expected: 'The connection is closed; no request gets an answer that is not its own',
    },
    {
      id: 'H040',
      attack: 'JSON that is nested a hundred thousand deep',
      expected: 'Refused before it is parsed',
    },
    { id: 'H041', attack: 'Thousands of keys without names', expected: 'A hundred are read, and a few tried' },
    { id: 'H042', attack: 'A key that is costly to verify with', expected: 'Not used' },
    {
      id: 'H043',
      attack: 'Sign-ins are started at one organization without end, from one place or from many',
      expected: 'Limited for each client; a start writes nothing, of those that fail a few are recorded; others get in',
    },
    {
      id: 'H044',
      attack: 'Callbacks with made up states, with and without cookies',
      expected: 'Turned away without a question to the database or a provider',
    },
    {
      id: 'H045',
      attack: 'Tokens that name unknown keys, or key sets that fail, so that keys are fetched again and again',
      expected: 'One fetch for all who wait, and a pause after each',
    },
    {
      id: 'H046',
      attack: 'A thousand clients that never end their headers, or their body, or never begin',
      expected: 'Cut off after ten seconds, or thirty; nobody waits for them',
    },
    {
      id: 'H047',
      attack: 'A provider that asks for years of patience, or answers that it is busy for ever',
      expected: 'Left alone as it asks, for a minute at most; only its own organization waits',
    },
    {
      id: 'H048',
      attack: 'A proxy that the environment names for other programs',
      expected: "Not looked at: calls go directly, or through the operator's own setting",
    },
  ],
};
