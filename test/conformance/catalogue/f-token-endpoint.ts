import type { CaseGroup } from './group.ts';

export const tokenEndpoint: CaseGroup = {
  letter: 'F',
  title: 'Token endpoint and userinfo',
  cases: [
    {
      id: 'H134',
      attack: 'Errors with the wrong status, pages, nothing',
      expected: 'Each has its code; the admin sees what was said, the member does not',
    },
    { id: 'H135', attack: 'No ID token', expected: 'Refused' },
    {
      id: 'H136',
      attack: 'A token type that is missing, unknown or oddly spelled',
      expected: 'Only bearer, in any case',
    },
    { id: 'H137', attack: 'A token that is bound to a proof that nobody made', expected: 'Refused' },
    { id: 'H138', attack: 'A life of the access token that cannot be', expected: 'Nothing depends on it' },
    {
      id: 'H139',
      attack: 'An access token that would break a header, or a huge one',
      expected: 'Never sent; refused only where userinfo is needed',
    },
    { id: 'H140', attack: 'A refresh token that nobody asked for', expected: 'Dropped' },
    { id: 'H141', attack: 'The secret comes back in an error text', expected: 'Taken out before it is recorded' },
    { id: 'H142', attack: 'An answer after the deadline', expected: 'Refused; a code is sent once' },
    {
      id: 'H143',
      attack: 'A client secret of signs that encodings trip over',
      expected: 'Encoded as the standard says',
    },
    { id: 'H144', attack: 'Userinfo of another subject', expected: 'Refused' },
    { id: 'H145', attack: "Userinfo with somebody else's address", expected: 'Trusted no further than the ID token' },
    { id: 'H146', attack: 'Signed userinfo that is unsigned or for others', expected: 'Refused' },
    {
      id: 'H147',
      attack: 'Userinfo fails when only groups come from there',
      expected: 'The member gets in and no group changes',
    },
    { id: 'H148', attack: 'Claims that point to an address of the internal network', expected: 'Never called' },
    {
      id: 'H149',
      attack: 'An endpoint of another service to collect our tokens',
      expected: 'Tokens go to the endpoints of their own connection alone',
    },
    { id: 'H150', attack: 'Userinfo that is no claims at all', expected: 'Refused' },
    {
      id: 'H360',
      attack: 'An access token of 75,000 characters, or none',
      expected: 'No matter as long as nothing has to read it',
    },
    {
      id: 'H361',
      attack: 'Userinfo that is signed by another key, or with another algorithm, than the ID token',
      expected: 'A key of the published set and the registered algorithm; nothing else',
    },
    {
      id: 'H368',
      attack: 'A userinfo endpoint at an address that may not be called',
      expected: 'Never called; refused only where userinfo is needed',
    },
    { id: 'H151', attack: 'A provider that redeems a code twice', expected: 'An attempt is finished once' },
    {
      id: 'H376',
      attack: 'A public client is made confidential again, or its secret is left behind',
      expected: 'No secret is stored while the client is public, and a new one is demanded',
    },
    {
      id: 'H377',
      attack: 'The token endpoint as audience of an assertion is used to sign for another provider',
      expected: 'The key is of this connection alone, so the assertion verifies nowhere else',
    },
    {
      id: 'H378',
      attack: 'A certificate is read by another organization, or asked for by the id of a key of another organization',
      expected: '404 in the same words',
    },
  ],
};
