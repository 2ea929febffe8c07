import type { Requirement } from './requirement.ts';

/** OpenID Connect Core, section 3.1.3.7: how an ID token is validated. */
export const oidcCore: readonly Requirement[] = [
  [
    '1',
    'An encrypted ID token is decrypted as registered',
    'out of scope',
    'No encryption is registered; encrypted tokens are rejected (H065)',
  ],
  ['2', 'The issuer is exactly the expected one', 'met', 'H074, H075, oidcc-client-test-invalid-iss'],
  ['3', 'The audience contains the client, and no untrusted party', 'met', 'H077, H078, H079'],
  ['4, 5', 'The authorized party is the client', 'met', 'H079, H080'],
  ['6', 'The signature is verified', 'met', 'H049 to H064; the exception for TLS is not used'],
  ['7', 'The algorithm is the registered one', 'met', 'H051'],
  ['8', 'An HMAC uses the client secret as its key', 'met', 'H050, H067'],
  ['9', 'The token has not expired', 'met', 'H081, H082'],
  ['10', '`iat` is recent', 'met', 'H083'],
  ['11', 'The nonce matches the request', 'met', 'H087, H088'],
  ['12', 'The authentication context is sufficient', 'met', 'Where the connection asks for one (H086)'],
  [
    '13',
    'The time of authentication is recent enough',
    'met',
    'Where the connection asks for a maximum age; a malformed time is refused always (H085)',
  ],
];
