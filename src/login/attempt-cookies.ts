import { attemptCookieSeconds, attemptCookiesBytesMax, attemptsPerBrowserMax } from '../contract/limits.ts';
import { type CookieJar, readCookies } from '../http/cookies.ts';
import { cookieBytes, cookiesToDrop } from '../http/kept-cookies.ts';
import { attemptCookieName, attemptCookiePrefix } from './attempt.ts';

/** The part of a request that is used here. */
interface Request {
  readonly headers: { readonly cookie?: string | undefined };
}

/** The part of a reply that is used here. */
interface Reply {
  header(name: 'cache-control' | 'set-cookie', value: string): unknown;
}

type Cookies = ReadonlyMap<string, readonly string[]>;

/**
 * The one place that writes attempt cookies. The oldest are dropped for a new one, by number and by bytes: Node rejects
 * headers beyond 16 KiB and many proxies reject 8 KiB, which would lock the browser out of the whole site.
 */
export function rememberAttempt(
  request: Request,
  reply: Reply,
  { cookies, state, sealed }: { cookies: CookieJar; state: string; sealed: string },
): void {
  reply.header('cache-control', 'no-store');
  const name = cookies.hostName(attemptCookieName(state) ?? '');
  const held = readCookies(request.headers.cookie);
  const prefix = cookies.hostName(attemptCookiePrefix);
  for (const dropped of attemptCookiesToDrop(held, { prefix, newBytes: cookieBytes(name, sealed) })) {
    reply.header('set-cookie', cookies.clear(dropped));
  }
  reply.header('set-cookie', cookies.set(name, sealed, attemptCookieSeconds));
}

/** The attempt cookies to drop, oldest first, so that one more with a number of bytes fits. */
export function attemptCookiesToDrop(
  held: Cookies,
  { prefix, newBytes }: { prefix: string; newBytes: number },
): readonly string[] {
  return cookiesToDrop(held, newBytes, { prefix, countMax: attemptsPerBrowserMax, bytesMax: attemptCookiesBytesMax });
}
