import type { CaseGroup } from './group.ts';

export const later: CaseGroup = {
  letter: 'N',
  title: 'OpenID provider for applications, console',
  cases: [
    {
      id: 'H303',
      attack: 'A redirect URI that only resembles the registered one',
      expected: 'Compared as whole strings; only a native application may vary its loopback port',
      outside: { when: 'later', why: 'Sallyport is not an OpenID provider for applications.' },
    },
    {
      id: 'H304',
      attack: 'A code that is used twice, by another client, too late or without its verifier',
      expected: 'Rejected; a second use revokes the tokens of the first',
      outside: { when: 'later', why: 'Sallyport is not an OpenID provider for applications.' },
    },
    {
      id: 'H305',
      attack: 'Response types and grants that expose tokens or passwords',
      expected: 'Disabled',
      outside: { when: 'later', why: 'Sallyport is not an OpenID provider for applications.' },
    },
    {
      id: 'H306',
      attack: 'An application of one organization requests a user of another',
      expected: 'An issuer or client is bound to one organization',
      outside: { when: 'later', why: 'Sallyport is not an OpenID provider for applications.' },
    },
    {
      id: 'H307',
      attack: 'The token for the application claims a stronger authentication than the provider performed',
      expected: 'Passed on unchanged, or omitted',
      outside: { when: 'later', why: 'Sallyport is not an OpenID provider for applications.' },
    },
    {
      id: 'H308',
      attack: "`prompt`, `max_age` and another user's hint",
      expected: 'The errors of OpenID Connect, and no page of the identity provider',
      outside: { when: 'later', why: 'Sallyport is not an OpenID provider for applications.' },
    },
    {
      id: 'H309',
      attack: "A client's own URLs point to the internal network",
      expected: 'Fetched only under the outbound policy',
      outside: { when: 'later', why: 'Sallyport is not an OpenID provider for applications.' },
    },
    {
      id: 'H310',
      attack: 'An anonymous caller registers a client',
      expected: 'Disabled, or protected by a token and limits',
      outside: { when: 'later', why: 'Sallyport is not an OpenID provider for applications.' },
    },
    {
      id: 'H311',
      attack: "Userinfo or introspection with another client's token",
      expected: 'Bound to token and client',
      outside: { when: 'later', why: 'Sallyport is not an OpenID provider for applications.' },
    },
    {
      id: 'H312',
      attack: 'A forged hint ends a session',
      expected: 'A page asks for confirmation first',
      outside: { when: 'later', why: 'Sallyport is not an OpenID provider for applications.' },
    },
    {
      id: 'H313',
      attack: 'A client that responds slowly to logout notifications',
      expected: 'Notified in the background, with limited retries, under the outbound policy',
      outside: { when: 'later', why: 'Sallyport is not an OpenID provider for applications.' },
    },
    {
      id: 'H314',
      attack: 'Consent is forged, guessed or framed',
      expected: 'Bound to a cookie, random, never framed',
      outside: { when: 'later', why: 'Sallyport is not an OpenID provider for applications.' },
    },
    {
      id: 'H315',
      attack: 'The secret behind pairwise subjects leaks or changes',
      expected: 'Encrypted and stable',
      outside: { when: 'later', why: 'Sallyport is not an OpenID provider for applications.' },
    },
    {
      id: 'H316',
      attack: 'A console that leaks its token or runs injected scripts',
      expected: 'Scripts cannot read the token; the content security policy is strict',
      outside: { when: 'later', why: 'There is no console yet.' },
    },
    {
      id: 'H317',
      attack: 'A connection test is used to sign in or to link',
      expected: 'It links no identity and creates no session',
      outside: { when: 'later', why: 'There is no console yet.' },
    },
    {
      id: 'H318',
      attack: "An admin's claim rules run endlessly or execute code",
      expected: 'No code is evaluated, or a linear-time engine has limits',
      outside: { when: 'later', why: 'There are no claim rules.' },
    },
  ],
};
