import type { ApplicationKind } from '../contract/applications.ts';

/** What is wrong with a URI, as one word and as the rest of a sentence that begins with its field. */
export interface UriFault {
  readonly code: string;
  readonly message: string;
}

const notAbsolute = { code: 'not_absolute', message: 'must be an absolute URI, such as https://app.example/callback' };
const fragment = { code: 'fragment', message: 'must not have a fragment (RFC 6749, section 3.1.2)' };
const credentials = { code: 'credentials', message: 'must not contain a user name or a password' };
const wildcard = { code: 'wildcard', message: 'must not contain *, because redirect URIs are compared exactly' };
const characters = {
  code: 'characters',
  message: 'must contain only the characters of a URI (RFC 3986); encode others, and write host names in ASCII',
};
const dotSegments = { code: 'dot_segments', message: 'must not have . or .. as a segment of the path' };
const scheme = {
  web: { code: 'scheme', message: 'must be https, or http on localhost or a loopback address' },
  spa: { code: 'scheme', message: 'must be https, or http on localhost or a loopback address' },
  native: {
    code: 'scheme',
    message:
      'must be https, http on 127.0.0.1 or [::1], or a scheme that is a domain name in reverse order, such as com.example.app:/callback (RFC 8252, section 7)',
  },
} as const;

const uriCharacters = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/;
const brokenEscape = /%(?![0-9A-Fa-f]{2})/;
const loopbackHosts: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]']);
// The reverse of a domain name (RFC 8252, section 7.1): with a dot, so that no other program's scheme is meant.
const reverseDomainScheme = /^[a-z][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)+:$/;

/**
 * Checks a redirect URI, or a post-logout redirect URI, for a kind of application. The server later compares it character
 * by character, so it must be in the form in which a request will contain it.
 *
 * @returns its fault, or `undefined` if it may be registered.
 */
export function findRedirectUriFault(kind: ApplicationKind, text: string): UriFault | undefined {
  const common = findUriFault(text);
  if (common !== undefined) return common;
  const { protocol, hostname } = new URL(text);
  if (kind === 'machine') return { code: 'kind', message: 'must be empty, because a machine has no users' };
  if (protocol === 'https:') return undefined;
  if (protocol === 'http:') {
    const isLoopback = loopbackHosts.has(hostname) || (kind !== 'native' && hostname === 'localhost');
    return isLoopback ? undefined : scheme[kind];
  }
  return kind === 'native' && reverseDomainScheme.test(protocol) ? undefined : scheme[kind];
}

/** Checks a URI that the server or a browser calls with https: the address of a page or of an endpoint. */
export function findHttpsUriFault(text: string): UriFault | undefined {
  const common = findUriFault(text);
  if (common !== undefined) return common;
  const { protocol, hostname } = new URL(text);
  if (protocol === 'https:') return undefined;
  const isLoopback = loopbackHosts.has(hostname) || hostname === 'localhost';
  return protocol === 'http:' && isLoopback ? undefined : scheme.web;
}

/** Checks the identifier of an API: an absolute URI without fragment (RFC 8707, section 2). */
export function findResourceFault(text: string, site: string): UriFault | undefined {
  const common = findUriFault(text);
  if (common !== undefined) return common;
  const isOurs = new URL(text).origin === site;
  return isOurs
    ? { code: 'own_site', message: 'must not be an address of this server, whose API has access tokens of its own' }
    : undefined;
}

function findUriFault(text: string): UriFault | undefined {
  if (!uriCharacters.test(text) || brokenEscape.test(text)) return characters;
  if (text.includes('*')) return wildcard;
  if (!URL.canParse(text)) return notAbsolute;
  const url = new URL(text);
  if (text.includes('#')) return fragment;
  if (url.username !== '' || url.password !== '' || /^[a-z]+:\/\/[^/?]*@/i.test(text)) return credentials;
  const path = text.replace(/^[^/]*(?:\/\/[^/?]*)?/, '').replace(/\?.*$/s, '');
  if (path.split('/').some((segment) => segment === '.' || segment === '..')) return dotSegments;
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  return isWeb && (!/^https?:\/\//.test(text) || url.host === '') ? notAbsolute : undefined;
}
