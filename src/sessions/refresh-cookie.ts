import type { IncomingHttpHeaders } from 'node:http';

import { type CookieJar, onlyCookie, readCookies } from '../http/cookies.ts';
import { isFromBrowser } from '../http/from-browser.ts';

/** The cookie of the refresh token. Clients of the public API know this name. */
const clientCookieName = 'jid';

/** The part of a request that is used here. */
interface Request {
  readonly headers: IncomingHttpHeaders;
}

/** The part of a reply that is used here. */
interface Reply {
  readonly request: Request;
  header(name: 'set-cookie', value: string): unknown;
}

/**
 * The refresh token of a request, or `''`.
 *
 * On an https site, browsers keep it as `__Host-jid`, which no neighbouring host can set (RFC 6265bis, section
 * 4.1.3.2). A cookie `jid` could come from a neighbouring host, so it is accepted only from programs, whose cookies no
 * other host can set.
 */
export function readRefreshCookie({ headers }: Request, cookies: CookieJar): string {
  const name = isHostCookieUsed(headers, cookies) ? cookies.hostName(clientCookieName) : clientCookieName;
  return onlyCookie(headers.cookie, name) ?? '';
}

/** Sets a refresh token with the lifetime of its session, under the name that the client uses. */
export function setRefreshCookie(
  reply: Reply,
  cookies: CookieJar,
  { refreshToken, lifetimeSeconds }: { refreshToken: string; lifetimeSeconds: number },
): void {
  const { headers } = reply.request;
  const name = isHostCookieUsed(headers, cookies) ? cookies.hostName(clientCookieName) : clientCookieName;
  reply.header('set-cookie', cookies.set(name, refreshToken, lifetimeSeconds));
}

/** Clears both cookies, whichever the client has. */
export function clearRefreshCookie(reply: Reply, cookies: CookieJar): void {
  for (const name of new Set([clientCookieName, cookies.hostName(clientCookieName)])) {
    reply.header('set-cookie', cookies.clear(name));
  }
}

function isHostCookieUsed(headers: IncomingHttpHeaders, cookies: CookieJar): boolean {
  return isFromBrowser(headers) || readCookies(headers.cookie).has(cookies.hostName(clientCookieName));
}
