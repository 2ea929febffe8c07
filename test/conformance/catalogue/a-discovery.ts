import type { CaseGroup } from './group.ts';

export const discovery: CaseGroup = {
  letter: 'A',
  title: 'Discovery and metadata',
  cases: [
    {
      id: 'H001',
      attack: 'The discovery document has another issuer, or spells it differently',
      expected: 'Rejected before the browser is redirected; the record shows both spellings',
    },
    {
      id: 'H002',
      attack: 'The admin enters the full discovery URL to avoid the issuer check',
      expected: 'The same check, against the issuer that the URL implies',
    },
    {
      id: 'H003',
      attack: "Another organization's issuer with the attacker's keys",
      expected: 'No user of that organization is reached: an identity consists of organization, issuer and subject',
    },
    {
      id: 'H004',
      attack: 'An issuer with a query, a fragment, user information or plain HTTP',
      expected: 'Not stored',
    },
    {
      id: 'H005',
      attack: 'An endpoint with a scheme that browsers or servers execute',
      expected: 'Rejected; the browser is not redirected',
    },
    {
      id: 'H006',
      attack: 'An authorization endpoint with a query, a fragment, control characters or a backslash',
      expected: 'The query is kept; the others are rejected',
    },
    {
      id: 'H007',
      attack: 'An authorization endpoint that already contains our parameters',
      expected: 'Each parameter appears once, with our value',
    },
    {
      id: 'H008',
      attack: 'A discovery document that lists weak algorithms',
      expected: 'No effect: only the configured algorithm is accepted',
    },
    {
      id: 'H009',
      attack: 'A discovery document that does not offer PKCE, or offers only `plain`',
      expected: 'S256 is used anyway',
    },
    {
      id: 'H010',
      attack: 'The token endpoint moves to another host',
      expected: 'Sign-ins are paused; the secret is not sent to the new host',
    },
    {
      id: 'H011',
      attack: 'The authorization response lacks the `iss` parameter that the metadata announced',
      expected: 'Rejected before the code is redeemed',
    },
    {
      id: 'H012',
      attack: 'Metadata fields of the wrong type',
      expected: 'Optional fields count as absent; a missing required field rejects the document',
    },
    { id: 'H013', attack: 'Metadata fields named after prototype properties', expected: 'Treated as plain data' },
    {
      id: 'H014',
      attack: 'A web page, a byte order mark or another encoding instead of JSON',
      expected: 'Rejected as invalid JSON',
    },
    { id: 'H015', attack: 'A redirect', expected: 'Not followed' },
    { id: 'H016', attack: 'Metadata extensions that we do not use', expected: 'Ignored' },
    {
      id: 'H017',
      attack: 'A JWK Set on a different host than the issuer',
      expected: 'Allowed, under the outbound policy',
    },
    {
      id: 'H018',
      attack: 'A discovery document that differs on every fetch',
      expected: 'A sign-in uses one document from start to end',
    },
    {
      id: 'H019',
      attack: 'Endpoints of two providers in one connection',
      expected: 'Rejected by the checks of issuer and signature',
    },
    {
      id: 'H020',
      attack: "The server's own issuer as the identity provider",
      expected: 'Not stored',
      outside: {
        when: 'later',
        why: 'Sallyport is not an OpenID provider for applications, so it has no issuer that could cause a loop.',
      },
    },
    {
      id: 'H319',
      attack: "A discovery document that imitates a well-known vendor's",
      expected: "Its claims are read in that vendor's format and get no additional trust",
    },
    {
      id: 'H363',
      attack: 'The issuer gains or loses its trailing slash between two starts of the server',
      expected:
        'The first spelling is kept; a different one is rejected with both shown, and no user becomes a new user',
    },
  ],
};
