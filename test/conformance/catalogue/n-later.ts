import type { CaseGroup } from './group.ts';

export const later: CaseGroup = {
  letter: 'N',
  title: 'Provider towards applications, console',
  cases: [
    {
      id: 'H303',
      attack: 'A redirect URI that only resembles the registered one',
      expected: 'Compared as whole strings; only a native program may vary its loopback port',
      outside: { when: 'later', why: 'Sallyport is no OpenID provider towards applications.' },
    },
    {
      id: 'H304',
      attack: 'A code used twice, by another client, too late or without its verifier',
      expected: 'Refused; a second use revokes what the first one got',
      outside: { when: 'later', why: 'Sallyport is no OpenID provider towards applications.' },
    },
    {
      id: 'H305',
      attack: 'Response types and grants that put tokens or passwords in the open',
      expected: 'Switched off',
      outside: { when: 'later', why: 'Sallyport is no OpenID provider towards applications.' },
    },
    {
      id: 'H306',
      attack: "An application of one organization asks for another's person",
      expected: 'An issuer or client is bound to one organization',
      outside: { when: 'later', why: 'Sallyport is no OpenID provider towards applications.' },
    },
    {
      id: 'H307',
      attack: 'A stronger authentication is claimed downstream than happened upstream',
      expected: 'Passed on truthfully or left out',
      outside: { when: 'later', why: 'Sallyport is no OpenID provider towards applications.' },
    },
    {
      id: 'H308',
      attack: 'prompt, max_age and hints of somebody else',
      expected: 'The errors of OpenID Connect, and no page of the identity provider',
      outside: { when: 'later', why: 'Sallyport is no OpenID provider towards applications.' },
    },
    {
      id: 'H309',
      attack: "A client's own URLs point into the internal network",
      expected: 'Fetched under the outbound policy alone',
      outside: { when: 'later', why: 'Sallyport is no OpenID provider towards applications.' },
    },
    {
      id: 'H310',
      attack: 'Anybody registers a client',
      expected: 'Off, or behind a token and limits',
      outside: { when: 'later', why: 'Sallyport is no OpenID provider towards applications.' },
    },
    {
      id: 'H311',
      attack: "Userinfo or introspection with another client's token",
      expected: 'Bound to token and client',
      outside: { when: 'later', why: 'Sallyport is no OpenID provider towards applications.' },
    },
    {
      id: 'H312',
      attack: 'A forged hint ends a session',
      expected: 'A page asks first',
      outside: { when: 'later', why: 'Sallyport is no OpenID provider towards applications.' },
    },
    {
      id: 'H313',
      attack: 'A client that is slow to hear of a logout',
      expected: 'Told in the background, with bounded retries, under the outbound policy',
      outside: { when: 'later', why: 'Sallyport is no OpenID provider towards applications.' },
    },
    {
      id: 'H314',
      attack: 'Consent is forged, guessed or framed',
      expected: 'Bound to a cookie, random, never framed',
      outside: { when: 'later', why: 'Sallyport is no OpenID provider towards applications.' },
    },
    {
      id: 'H315',
      attack: 'The secret behind pairwise subjects leaks or changes',
      expected: 'Sealed and stable',
      outside: { when: 'later', why: 'Sallyport is no OpenID provider towards applications.' },
    },
    {
      id: 'H316',
      attack: 'A console that leaks its token or runs foreign script',
      expected: 'No token within reach of script; a strict policy',
      outside: { when: 'later', why: 'There is no console yet.' },
    },
    {
      id: 'H317',
      attack: 'A test sign-in is used to sign in or to link',
      expected: 'It writes nothing and makes no session',
      outside: { when: 'later', why: 'There is no console yet.' },
    },
    {
      id: 'H318',
      attack: "An admin's claim rules run for ever or run code",
      expected: 'Nothing is evaluated; or a linear engine with limits',
      outside: { when: 'later', why: 'There are no claim rules.' },
    },
  ],
};
