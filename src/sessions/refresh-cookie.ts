import type { IncomingHttpHeaders } from 'node:http';

import { type CookieJar, onlyCookie, readCookies } from '../http/cookies.ts';
import { isFromBrowser } from '../http/from-browser.ts';

/** The refresh token's cookie; clients of the public API know it by this name. */
const clientCookieName = 'jid';

/** What is used here of a request. */
interface Request {
  readonly headers: IncomingHttpHeaders;
}

/** What is used here of a reply. */
interface Reply {
  readonly request: Request;
  header(name: 'set-cookie', value: string): unknown;
}

/**
 * The refresh token that a request carries, or `''`.
 *
 * On an https site browsers keep it as `__Host-jid`, which no neighbouring host can plant (RFC 6265bis, section 4.1.3.2). A
 * cookie `jid` could be a neighbour's, so it counts only from a program, whose cookies nobody else sets.
 */
export function readRefreshCookie({ headers }: Request, cookies: CookieJar): string {
  const name = isHostCookieUsed(headers, cookies) ? cookies.hostName(clientCookieName) : clientCookieName;
  return onlyCookie(headers.cookie, name) ?? '';
}

/** Gives the client a refresh token that lives as long as its session may, under the name that it reads. */
export function setRefreshCookie(
  reply: Reply,
  cookies: CookieJar,
  { refreshToken, lifetimeSeconds }: { refreshToken: string; lifetimeSeconds: number },
): void {
  const { headers } = reply.request;
  const name = isHostCookieUsed(headers, cookies) ? cookies.hostName(clientCookieName) : clientCookieName;
  reply.header('set-cookie', cookies.set(name, refreshToken, lifetimeSeconds));
}

/** Takes back both cookies, whichever the client has. */
export function clearRefreshCookie(reply: Reply, cookies: CookieJar): void {
  for (const name of new Set([clientCookieName, cookies.hostName(clientCookieName)])) {
    reply.header('set-cookie', cookies.clear(name));
  }
}

function isHostCookieUsed(headers: IncomingHttpHeaders, cookies: CookieJar): boolean {
  return isFromBrowser(headers) || readCookies(headers.cookie).has(cookies.hostName(clientCookieName));
}
