import type { CaseGroup } from './group.ts';

export const discovery: CaseGroup = {
  letter: 'A',
  title: 'Discovery and metadata',
  cases: [
    {
      id: 'H001',
      attack: 'The document names another issuer, or spells it otherwise',
      expected: 'Refused before the browser leaves; the record shows both spellings',
    },
    {
      id: 'H002',
      attack: "The document's whole URL is typed to avoid the check of the issuer",
      expected: 'The same check, against the issuer that the URL implies',
    },
    {
      id: 'H003',
      attack: "Another organization's issuer with an attacker's keys",
      expected: 'Reaches nobody there: an identity belongs to organization, issuer and subject',
    },
    { id: 'H004', attack: 'An issuer with query, fragment, user information or plain http', expected: 'Not stored' },
    {
      id: 'H005',
      attack: 'An endpoint with a scheme that browsers or servers act upon',
      expected: 'Refused; the browser is sent nowhere',
    },
    {
      id: 'H006',
      attack: 'An authorization endpoint with query, fragment, control characters or backslash',
      expected: 'The query is kept; the others are refused',
    },
    {
      id: 'H007',
      attack: 'An authorization endpoint that brings parameters of ours',
      expected: 'Each stands once, with our value',
    },
    {
      id: 'H008',
      attack: 'A document that lists weak algorithms',
      expected: 'Widens nothing: the algorithm is the configured one',
    },
    { id: 'H009', attack: 'A document that does not offer PKCE, or offers plain', expected: 'S256 all the same' },
    {
      id: 'H010',
      attack: 'The token endpoint moves to another host',
      expected: 'Sign-ins are held; the secret is not sent there',
    },
    {
      id: 'H011',
      attack: 'The answer lacks the issuer that the document promised',
      expected: 'Refused before the code is redeemed',
    },
    {
      id: 'H012',
      attack: 'Members of the wrong type',
      expected: 'Optional ones count as absent; without a required one the document is refused',
    },
    { id: 'H013', attack: 'Members that are named for prototypes', expected: 'Plain data' },
    {
      id: 'H014',
      attack: 'A page, a byte order mark or another encoding instead of JSON',
      expected: 'Refused as no JSON',
    },
    { id: 'H015', attack: 'A redirect', expected: 'Not followed' },
    { id: 'H016', attack: 'Extensions that we do not use', expected: 'Ignored' },
    { id: 'H017', attack: 'Keys on another host than the issuer', expected: 'Allowed, under the outbound policy' },
    { id: 'H018', attack: 'A document that differs from fetch to fetch', expected: 'A sign-in stands on one document' },
    {
      id: 'H019',
      attack: 'Endpoints of two providers in one configuration',
      expected: 'Refused by issuer and signature',
    },
    {
      id: 'H020',
      attack: "The server's own issuer as identity provider",
      expected: 'Not stored',
      outside: {
        when: 'later',
        why: 'Sallyport is no OpenID provider towards applications, so there is no issuer to loop through.',
      },
    },
    {
      id: 'H319',
      attack: "A document that passes for a well-known vendor's",
      expected: 'Gets its claims read as that vendor writes them, and is believed nothing more for it',
    },
    {
      id: 'H363',
      attack: 'The issuer gains or loses its final slash between two starts of the server',
      expected: 'The first spelling stays; another is refused with both, and nobody becomes a stranger silently',
    },
  ],
};
