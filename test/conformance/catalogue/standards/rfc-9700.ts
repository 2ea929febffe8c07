import type { Requirement } from './requirement.ts';

/** RFC 9700 (BCP 240), as far as it is about clients and about what is not left to a provider. */
export const rfc9700: readonly Requirement[] = [
  ['2.1, 4.1', 'Exact redirect URIs', 'met', 'The redirect URI follows from the site alone (H007)'],
  ['2.1, 4.11', 'No open redirector', 'met', 'Only the site and listed origins (H118)'],
  [
    '2.1, 4.7',
    'Protection against request forgery',
    'met',
    'PKCE, nonce and state, bound to a cookie of the attempt (H101 to H103)',
  ],
  [
    '2.1, 4.4',
    'Defence against mix-up',
    'met',
    'The connection comes from the attempt; the issuer of the answer is checked (H011, H107)',
  ],
  ['2.1.1, 4.8', 'PKCE with S256 always', 'met', 'H009'],
  ['2.2', 'Refresh tokens rotate', 'met', 'A spent one ends its session after ten seconds (H284, H350)'],
  ['2.2.1, 4.10', 'Sender-constrained access tokens', 'not met', 'Bearer tokens, minutes long'],
  ['2.3', 'Access tokens restricted to an audience', 'met', 'One audience: this site (H226)'],
  [
    '2.4',
    'No password grant',
    'met',
    'There is no token endpoint for applications, and none takes a password of a member',
  ],
  ['2.5', 'Asymmetric client authentication', 'met', 'private_key_jwt, where the connection asks for it (H073)'],
  [
    '2.6',
    'TLS to the end, metadata, no CORS where browsers are redirected',
    'met',
    'H030, H033, H236; endpoints come from the document of the issuer (H001)',
  ],
  ['4.2', 'No leaks by referrer or history', 'met', 'H125, H126'],
  [
    '4.3',
    'No leaks by the history of the browser',
    'met',
    'A callback leads away at once, its code is good once and for its attempt alone (H104, H125); the session is a cookie (H302)',
  ],
  ['4.5', 'Codes cannot be injected or used twice', 'met', 'H104, H105, H151'],
  [
    '4.6',
    'Access tokens cannot be injected',
    'met',
    'They come over the back channel alone, and at_hash is checked where it is there (H089); one that is posted is refused (H132)',
  ],
  [
    '4.9',
    'No access token leaks at a resource server',
    'met',
    'A token of the provider goes to the userinfo endpoint of its own connection and nowhere else (H149)',
  ],
  ['4.12', 'No redirect that repeats a POST', 'met', 'H127; redirects of a provider are not followed (H015)'],
  [
    '4.13',
    'A proxy that ends TLS is trusted for what it is',
    'met',
    'Headers of a client that pose as those of a proxy count for nothing (H122, H238)',
  ],
  [
    '4.14',
    'Refresh tokens are protected',
    'met',
    'Rotated, bound to their session, stored as hashes, ended by reuse and by logout (H284, H285)',
  ],
  [
    '4.15',
    'A client cannot pose as a person',
    'met',
    'Tokens name their kind, and a machine is never taken for a member (H225)',
  ],
  ['4.16', 'No page in a frame', 'met', 'H124'],
  [
    '4.17',
    'No tokens by messages between windows',
    'met',
    'Pages have no script but one, which hands a code to the loopback address that its person chose (H121)',
  ],
];
