import { isIPv4 } from 'node:net';

import type { Parsed } from './kinds.ts';

/**
 * Parses an origin (RFC 6454, section 4) and gives it in its one spelling, without a slash at the end.
 *
 * Cookies, redirect URIs and tokens stand or fall with it, so it is https unless the host is loopback, where nobody is
 * on the way (RFC 8252, section 8.3). A path is refused: cookies are kept apart by host, not by path.
 */
export function parseWebOrigin(text: string): Parsed<string> {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    return { ok: false, problem: 'must be a URL that begins with https:// (or http:// where the host is loopback)' };
  }
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    return { ok: false, problem: 'must not hold a user name or a password' };
  }
  if (url.pathname !== '/') {
    return { ok: false, problem: 'must not have a path: this server needs a host of its own, not a folder of one' };
  }
  if (/[?#]/.test(text)) {
    return { ok: false, problem: 'must not have a query or a fragment' };
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return { ok: false, problem: 'must be https, because its host is not loopback' };
  }
  return { ok: true, value: url.origin };
}

// Whether a URL's host is this computer: `localhost` and below (RFC 6761, section 6.3), 127.0.0.0/8 or ::1.
function isLoopback(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '');
  return (
    name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || (isIPv4(name) && name.startsWith('127.'))
  );
}
