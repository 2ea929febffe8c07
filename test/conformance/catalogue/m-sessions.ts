import type { CaseGroup } from './group.ts';

export const sessions: CaseGroup = {
  letter: 'M',
  title: 'Our own tokens and sessions',
  cases: [
    {
      id: 'H283',
      attack: 'The token that passes the session to the application leaks with its URL',
      expected: 'It works once, for a short time, in one browser',
      outside: { when: 'never', why: 'No token is passed in a URL: the session is a cookie.' },
    },
    {
      id: 'H284',
      attack: 'A refresh token is used again more than ten seconds after it was exchanged',
      expected: 'The session ends, and the audit trail records it',
    },
    {
      id: 'H350',
      attack: 'A refresh token is sent twice within ten seconds: two tabs, a lost response, a killed server',
      expected:
        'Both requests get the same successor, which is not stored; after that one is exchanged too, the late request is rejected',
    },
    {
      id: 'H285',
      attack: 'An access token after logout, removal, a role change or a settings change',
      expected: 'It grants only the current permissions',
    },
    {
      id: 'H286',
      attack: 'The session cookie over HTTP, in scripts or on other sites',
      expected: 'Browsers send or reveal it to none of them',
    },
    {
      id: 'H356',
      attack: 'A sibling subdomain plants its own refresh cookie in a browser, on an HTTPS site',
      expected: 'It is ignored: browsers use `__Host-jid`, and only programs may use `jid`',
    },
    {
      id: 'H287',
      attack: 'A session beyond its maximum age',
      expected: 'It has ended, no matter how often it was refreshed',
    },
    {
      id: 'H288',
      attack: 'The provider deactivates the account',
      expected: 'The session ends',
      outside: {
        when: 'later',
        why: 'Providers cannot end sessions yet. Until then a session ends at its maximum age, which each organization can shorten.',
      },
    },
    {
      id: 'H289',
      attack: 'Logout tokens that are forged, replayed, malformed or for another client',
      expected: 'Rejected, and no session ends',
      outside: { when: 'later', why: 'Providers cannot end sessions yet.' },
    },
    {
      id: 'H290',
      attack: "A logout token with one user's session and another user's subject",
      expected: 'No session ends',
      outside: { when: 'later', why: 'Providers cannot end sessions yet.' },
    },
    {
      id: 'H291',
      attack: 'A logout token with only a subject',
      expected: "Ends that subject's sessions of that connection",
      outside: { when: 'later', why: 'Providers cannot end sessions yet.' },
    },
    {
      id: 'H292',
      attack: 'A flood of logout tokens',
      expected: 'Rate-limited per connection',
      outside: { when: 'later', why: 'Providers cannot end sessions yet.' },
    },
    {
      id: 'H293',
      attack: 'A logout in a frame on another site',
      expected: 'No session ends',
      outside: { when: 'later', why: 'Providers cannot end sessions yet.' },
    },
    {
      id: 'H294',
      attack: "A logout that leads to another site, or has another user's hint",
      expected: 'Only registered addresses are allowed; the local session ends first',
      outside: { when: 'later', why: 'A logout ends the session here and redirects to no other site.' },
    },
    { id: 'H295', attack: 'Another site refreshes or ends a session', expected: 'Rejected' },
    {
      id: 'H296',
      attack: 'Published keys with private parts, or keys that are published too late or removed too early',
      expected: 'Only public parts are published, from before the first signature until the last token expires',
    },
    { id: 'H297', attack: 'Key IDs that collide', expected: 'Each key ID is the thumbprint of its key' },
    {
      id: 'H298',
      attack: 'A token for one application is replayed at another',
      expected: 'Rejected by its audience',
      outside: {
        when: 'later',
        why: 'Sallyport is not an OpenID provider for applications. The audience of its tokens is the server itself.',
      },
    },
    { id: 'H299', attack: 'Hundreds of groups', expected: 'Neither the token nor the cookie grows' },
    {
      id: 'H300',
      attack: 'Another algorithm for our own tokens',
      expected: 'Both keys are published during the change',
      outside: { when: 'later', why: 'Tokens are signed only with EdDSA.' },
    },
    {
      id: 'H301',
      attack: "A user lists or ends another user's sessions",
      expected: 'Not found, except for admins of the organization',
    },
    { id: 'H302', attack: 'The session in a URL or in the log', expected: 'Never' },
  ],
};
