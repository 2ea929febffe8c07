import { type CookieJar, onlyCookie } from '../http/cookies.ts';

/** The refresh token's cookie; clients of the public API know it by this name. */
const refreshCookieName = 'jid';

/** What is used here of a request. */
interface Request {
  readonly headers: { readonly cookie?: string | undefined };
}

/** What is used here of a reply. */
interface Reply {
  header(name: 'set-cookie', value: string): unknown;
}

/** The refresh token that a request carries, or `''`. */
export function readRefreshCookie(request: Request): string {
  return onlyCookie(request.headers.cookie, refreshCookieName) ?? '';
}

/** Gives the browser a refresh token that lives as long as its session may. */
export function setRefreshCookie(
  reply: Reply,
  cookies: CookieJar,
  { refreshToken, lifetimeSeconds }: { refreshToken: string; lifetimeSeconds: number },
): void {
  reply.header('set-cookie', cookies.set(refreshCookieName, refreshToken, lifetimeSeconds));
}

export function clearRefreshCookie(reply: Reply, cookies: CookieJar): void {
  reply.header('set-cookie', cookies.clear(refreshCookieName));
}
