import type { CaseGroup } from './group.ts';

export const sessions: CaseGroup = {
  letter: 'M',
  title: 'Tokens and sessions of our own',
  cases: [
    {
      id: 'H283',
      attack: 'The token that goes from the sign-in to the application leaks with its URL',
      expected: 'Good once, briefly, in one browser',
      outside: { when: 'never', why: 'No token is handed on in a URL: the session comes as a cookie.' },
    },
    {
      id: 'H284',
      attack: 'A refresh token is used again, more than ten seconds after it was exchanged',
      expected: 'The session ends, and the audit trail tells',
    },
    {
      id: 'H350',
      attack: 'A refresh token is sent twice within ten seconds: two tabs, a lost answer, a killed server',
      expected:
        'Both get the same successor, which is stored nowhere; once that was exchanged too, the late one is refused',
    },
    {
      id: 'H285',
      attack: 'An access token after logout, removal, a change of role or of the rules',
      expected: 'Good for nothing more than what holds now',
    },
    {
      id: 'H286',
      attack: 'The cookie of a session over HTTP, for scripts or for other sites',
      expected: 'Kept from them',
    },
    {
      id: 'H356',
      attack: 'A neighbouring host plants a refresh cookie of its own in a browser, on an https site',
      expected: 'It counts for nothing: browsers keep theirs as `__Host-jid`, and only programs are heard with `jid`',
    },
    { id: 'H287', attack: 'A session that is older than it may be', expected: 'Over, however often it was refreshed' },
    {
      id: 'H288',
      attack: 'The provider switches the account off',
      expected: 'The session ends',
      outside: {
        when: 'later',
        why: 'Providers cannot end sessions here yet. Until then it ends by its own time, which each organization can shorten.',
      },
    },
    {
      id: 'H289',
      attack: 'Logout tokens that are forged, replayed, foreign or malformed',
      expected: 'Refused, and nothing is ended',
      outside: { when: 'later', why: 'Providers cannot end sessions here yet.' },
    },
    {
      id: 'H290',
      attack: 'A logout token with the session of one person and the subject of another',
      expected: 'Nothing is ended',
      outside: { when: 'later', why: 'Providers cannot end sessions here yet.' },
    },
    {
      id: 'H291',
      attack: 'A logout token for a subject alone',
      expected: 'Ends the sessions of that subject at that connection',
      outside: { when: 'later', why: 'Providers cannot end sessions here yet.' },
    },
    {
      id: 'H292',
      attack: 'A flood of logout tokens',
      expected: 'Limited for each connection',
      outside: { when: 'later', why: 'Providers cannot end sessions here yet.' },
    },
    {
      id: 'H293',
      attack: 'A logout in a frame, from a foreign site',
      expected: 'Nothing is ended',
      outside: { when: 'later', why: 'Providers cannot end sessions here yet.' },
    },
    {
      id: 'H294',
      attack: 'A logout that leads to a foreign address, or names another person',
      expected: 'Only registered addresses; the local session ends first',
      outside: { when: 'later', why: 'A logout ends the session here, and leads nowhere.' },
    },
    { id: 'H295', attack: 'Another site refreshes or ends a session', expected: 'Refused' },
    {
      id: 'H296',
      attack: 'Published keys with private parts, too late or removed too early',
      expected: 'Public parts alone; before they sign, until their last token is over',
    },
    { id: 'H297', attack: 'Identifiers of keys that collide', expected: 'Each is the thumbprint of its key' },
    {
      id: 'H298',
      attack: 'A token for one application is replayed at another',
      expected: 'Refused by its audience',
      outside: {
        when: 'later',
        why: 'Sallyport is no OpenID provider towards applications. Tokens name the server itself as their audience.',
      },
    },
    { id: 'H299', attack: 'Hundreds of groups', expected: 'Neither the token nor the cookie grows' },
    {
      id: 'H300',
      attack: 'Another algorithm for our own tokens',
      expected: 'Both keys are published meanwhile',
      outside: { when: 'later', why: 'Tokens are signed with EdDSA alone.' },
    },
    {
      id: 'H301',
      attack: 'Sessions of somebody else are listed or ended',
      expected: 'Not found, except by admins of the organization',
    },
    { id: 'H302', attack: 'The session in an address or in the log', expected: 'Never' },
  ],
};
