import type { CaseGroup } from './group.ts';

export const outbound: CaseGroup = {
  letter: 'B',
  title: 'Outbound requests',
  cases: [
    {
      id: 'H021',
      attack: 'A loopback, private, link-local, multicast, reserved or cloud metadata address',
      expected: 'Not stored and not called; no setting allows cloud metadata addresses',
    },
    {
      id: 'H022',
      attack: 'Such an address in decimal, octal, hexadecimal, full-width digits, or inside an IPv6 address',
      expected: 'Normalized before the check',
    },
    {
      id: 'H023',
      attack: 'A name that resolves only on a local network, or a public name that resolves to a private address',
      expected: 'The first is rejected by its name, the second by its resolved address',
    },
    {
      id: 'H024',
      attack: 'A name that resolves to a public address at the check and to a private one at the connection',
      expected: 'The name is resolved once, and the connection uses the checked address',
    },
    { id: 'H025', attack: 'A name with both public and private addresses', expected: 'Rejected' },
    {
      id: 'H026',
      attack: 'An address from a discovery document instead of the admin',
      expected: 'Each endpoint is checked against the same policy',
    },
    {
      id: 'H027',
      attack: 'A literal IP address, which needs no DNS lookup',
      expected: 'Checked before any connection is opened',
    },
    {
      id: 'H028',
      attack: 'A URL in which two parsers see different hosts',
      expected: 'Rejected, or the connection uses the host that the check parsed',
    },
    {
      id: 'H029',
      attack: 'A URL with a password, another port, or thousands of characters',
      expected: 'Rejected; only the operator can allow other ports',
    },
    { id: 'H030', attack: 'Plain HTTP', expected: 'Rejected unless the operator listed the host' },
    {
      id: 'H031',
      attack: "The connection test is used to scan the server's network by its messages or response times",
      expected:
        'Every unreachable address gives the same message after the same time; tests are limited per minute and recorded in the audit trail',
    },
    {
      id: 'H032',
      attack: 'A provider on a private network, with a certificate from a private CA',
      expected: 'Works only if the operator listed its host or range and trusts the CA',
    },
    {
      id: 'H033',
      attack: 'A certificate that is untrusted, expired, for another host or has a small key; old TLS versions',
      expected: 'Rejected; the record names the reason',
    },
    {
      id: 'H034',
      attack: 'An endless body, or one with another length than announced',
      expected: 'The connection is closed at the limit',
    },
    { id: 'H035', attack: 'A compressed body that expands a thousandfold', expected: 'Rejected without decompression' },
    { id: 'H036', attack: 'A long chain of content encodings', expected: 'Rejected without decompression' },
    {
      id: 'H037',
      attack: 'A server that accepts the connection and delays its handshake, its first byte or every byte',
      expected: 'Aborted at the limit for each step, and at the limit for the whole request',
    },
    {
      id: 'H038',
      attack: 'Endless headers, thousands of cookies, endless interim responses',
      expected: 'Aborted at the limit; no cookie is stored or sent',
    },
    {
      id: 'H039',
      attack: 'An extra response on a kept-alive connection',
      expected: "The connection is closed; no request receives another request's response",
    },
    {
      id: 'H040',
      attack: 'JSON nested a hundred thousand levels deep',
      expected: 'Rejected before it is parsed',
    },
    {
      id: 'H041',
      attack: 'Thousands of keys without a key ID',
      expected: 'At most a hundred are read, and a few are tried',
    },
    { id: 'H042', attack: 'A key that is expensive to verify with', expected: 'Not used' },
    {
      id: 'H043',
      attack: 'Endless sign-in starts at one organization, from one address or from many',
      expected:
        'Rate-limited per client; a start writes nothing, only a few failures are recorded, and other users can sign in',
    },
    {
      id: 'H044',
      attack: 'Callbacks with invented states, with and without cookies',
      expected: 'Rejected without a database query or a request to a provider',
    },
    {
      id: 'H045',
      attack: 'Tokens with unknown key IDs, or failing JWK Sets, to cause repeated key fetches',
      expected: 'All waiting requests share one fetch, and a pause follows each fetch',
    },
    {
      id: 'H046',
      attack: 'A thousand clients that never finish their headers or body, or never start',
      expected: 'Disconnected after ten or thirty seconds; other clients are not delayed',
    },
    {
      id: 'H047',
      attack: 'A provider that sends a `Retry-After` of years, or always responds that it is busy',
      expected: 'Requests pause as it asks, for up to a minute; only its own organization waits',
    },
    {
      id: 'H048',
      attack: 'A proxy that the environment sets for other programs',
      expected: "Ignored: requests are direct, or use the operator's own proxy setting",
    },
  ],
};
