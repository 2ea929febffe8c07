import type { Requirement } from './requirement.ts';

/** RFC 9700 (BCP 240): the requirements for clients, and those that a client does not leave to a provider. */
export const rfc9700: readonly Requirement[] = [
  ['2.1, 4.1', 'Exact redirect URIs', 'met', 'The redirect URI is derived only from the site (H007)'],
  ['2.1, 4.11', 'No open redirector', 'met', 'Only the site and listed web origins (H118)'],
  [
    '2.1, 4.7',
    'Protection against cross-site request forgery',
    'met',
    'PKCE, nonce and state, bound to a cookie of the sign-in attempt (H101 to H103)',
  ],
  [
    '2.1, 4.4',
    'Defense against mix-up attacks',
    'met',
    'The connection is stored in the sign-in attempt; the issuer of the authorization response is checked (H011, H107)',
  ],
  ['2.1.1, 4.8', 'PKCE with S256 always', 'met', 'H009'],
  ['2.2', 'Refresh token rotation', 'met', 'Reuse ends the session after ten seconds (H284, H350)'],
  ['2.2.1, 4.10', 'Sender-constrained access tokens', 'not met', 'Bearer tokens with a lifetime of minutes'],
  ['2.3', 'Access tokens restricted to an audience', 'met', 'One audience: this site (H226)'],
  [
    '2.4',
    'No password grant',
    'met',
    "There is no token endpoint for applications, and no token endpoint accepts a member's password",
  ],
  ['2.5', 'Asymmetric client authentication', 'met', '`private_key_jwt`, if the connection uses it (H073)'],
  [
    '2.6',
    'End-to-end TLS, metadata, no CORS at the authorization endpoint',
    'met',
    "H030, H033, H236; endpoints are read from the issuer's discovery document (H001)",
  ],
  ['4.2', 'No leaks through the referrer or the history', 'met', 'H125, H126'],
  [
    '4.3',
    'No leaks through the browser history',
    'met',
    'A callback redirects immediately, and its code works once and only for its sign-in attempt (H104, H125); the session is a cookie (H302)',
  ],
  ['4.5', 'Codes cannot be injected or reused', 'met', 'H104, H105, H151'],
  [
    '4.6',
    'Access tokens cannot be injected',
    'met',
    'They are received only over the back channel, and `at_hash` is checked if present (H089); a posted one is rejected (H132)',
  ],
  [
    '4.9',
    'No access token leaks to a resource server',
    'met',
    "A provider's token is sent only to the userinfo endpoint of its own connection (H149)",
  ],
  ['4.12', 'No redirect that repeats a POST', 'met', 'H127; redirects from a provider are not followed (H015)'],
  [
    '4.13',
    'A TLS-terminating proxy is trusted only as configured',
    'met',
    'Proxy headers from a client are ignored (H122, H238)',
  ],
  [
    '4.14',
    'Refresh tokens are protected',
    'met',
    'Rotated, bound to their session, stored as hashes, ended by reuse and by logout (H284, H285)',
  ],
  [
    '4.15',
    'A client cannot impersonate a user',
    'met',
    'Tokens state their kind, and a machine is never treated as a member (H225)',
  ],
  ['4.16', 'No page in a frame', 'met', 'H124'],
  [
    '4.17',
    'No tokens in messages between windows',
    'met',
    'Pages have only one script, which sends a code to the loopback address that the user chose (H121)',
  ],
];
