import { isIPv4 } from 'node:net';

import type { Parsed } from './kinds.ts';

/**
 * Parses a web origin (RFC 6454, section 4) into its canonical form, without a trailing slash.
 *
 * Cookies, redirect URIs and tokens depend on it. It must be https unless the host is loopback, where the connection
 * cannot be intercepted (RFC 8252, section 8.3). A path is rejected, because cookies are separated by host, not by
 * path.
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

// Whether a URL's host is this computer: `localhost` and its subdomains (RFC 6761, section 6.3), 127.0.0.0/8 or ::1.
function isLoopback(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '');
  return (
    name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || (isIPv4(name) && name.startsWith('127.'))
  );
}
