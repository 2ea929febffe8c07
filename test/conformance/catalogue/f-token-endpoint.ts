import type { CaseGroup } from './group.ts';

export const tokenEndpoint: CaseGroup = {
  letter: 'F',
  title: 'Token endpoint and userinfo',
  cases: [
    {
      id: 'H134',
      attack: 'Errors with the wrong status, HTML pages, empty responses',
      expected: "Each has its error code; the admin sees the provider's message, the member does not",
    },
    { id: 'H135', attack: 'No ID token', expected: 'Rejected' },
    {
      id: 'H136',
      attack: 'A token type that is missing, unknown or in unusual case',
      expected: 'Only `Bearer` is accepted, in any case',
    },
    { id: 'H137', attack: 'A sender-constrained access token without a proof from the server', expected: 'Rejected' },
    {
      id: 'H138',
      attack: 'An impossible lifetime of the access token',
      expected: 'Ignored: the server does not use it',
    },
    {
      id: 'H139',
      attack: 'An access token that would break a header, or is very large',
      expected: 'Never sent; the sign-in is rejected only if userinfo is needed',
    },
    { id: 'H140', attack: 'An unrequested refresh token', expected: 'Dropped' },
    {
      id: 'H141',
      attack: 'The client secret appears in an error text',
      expected: 'Removed before the text is recorded',
    },
    { id: 'H142', attack: 'A response after the deadline', expected: 'Rejected; the code is sent only once' },
    {
      id: 'H143',
      attack: 'A client secret with characters that need encoding',
      expected: 'Encoded as the standard requires',
    },
    { id: 'H144', attack: 'Userinfo for another subject', expected: 'Rejected' },
    {
      id: 'H145',
      attack: "Userinfo with another user's e-mail address",
      expected: 'Trusted only as far as the ID token',
    },
    { id: 'H146', attack: 'Signed userinfo that is unsigned or has another audience', expected: 'Rejected' },
    {
      id: 'H147',
      attack: 'Userinfo fails and is needed only for groups',
      expected: 'The member signs in, and no group changes',
    },
    { id: 'H148', attack: 'Claims that point to an address on the internal network', expected: 'Never called' },
    {
      id: 'H149',
      attack: 'An endpoint of another service, to collect our tokens',
      expected: 'Tokens are sent only to the endpoints of their own connection',
    },
    { id: 'H150', attack: 'Userinfo that contains no claims', expected: 'Rejected' },
    {
      id: 'H360',
      attack: 'An access token of 75,000 characters, or none',
      expected: 'Accepted if the sign-in does not need it',
    },
    {
      id: 'H361',
      attack: 'Userinfo signed with another key or algorithm than the ID token',
      expected: 'Only a key from the JWK Set and the registered algorithm are accepted',
    },
    {
      id: 'H368',
      attack: 'A userinfo endpoint at a blocked address',
      expected: 'Never called; the sign-in is rejected only if userinfo is needed',
    },
    { id: 'H151', attack: 'A provider that redeems a code twice', expected: 'A sign-in attempt is completed once' },
    {
      id: 'H376',
      attack: 'A public client becomes confidential again, or its secret is left behind',
      expected: 'No secret is stored while the client is public, and the change requires a new one',
    },
    {
      id: 'H377',
      attack: "The token endpoint as the assertion's audience is used to sign for another provider",
      expected: 'The key belongs only to this connection, so the assertion verifies nowhere else',
    },
    {
      id: 'H378',
      attack: 'Another organization reads a certificate, or requests one with the key ID of a foreign key',
      expected: '404 with the same message',
    },
  ],
};
