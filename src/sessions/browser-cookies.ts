import type { OrganizationId } from '../contract/ids.ts';
import { type CookieJar, readCookies } from '../http/cookies.ts';
import { sha256Hex } from '../kernel/digest.ts';
import type { Random } from '../kernel/random.ts';

/**
 * The cookies with which a browser signs in to applications: one for each organization, because a browser may hold
 * sessions of several. The value is a secret of the session. It does not change while the session lives, because several
 * tabs use it at once, and the server makes it at each sign-in and never takes one over from the browser.
 */
const prefix = 'sallyport_browser_';
const secretBytes = 32;

/** How many organizations one browser can be signed in to at the same time. */
const browserSessionsMax = 6;

/** A new secret of a browser's session, and its hash. */
export function newBrowserSecret(random: Random): { secret: string; browserHash: string } {
  const secret = random.token(secretBytes);
  return { secret, browserHash: sha256Hex(secret) };
}

/** The hashes of the browser's cookies, by organization. A cookie that is there twice was planted, and is ignored. */
export function readBrowserHashes(cookieHeader: string | undefined, cookies: CookieJar): ReadonlyMap<string, string> {
  const named = cookies.hostName(prefix);
  const held = [...readCookies(cookieHeader)].flatMap(([name, values]) => {
    const [value, ...others] = values;
    if (!name.startsWith(named) || value === undefined || others.length > 0) return [];
    return [[name.slice(named.length), sha256Hex(value)] as const];
  });
  return new Map(held.slice(0, browserSessionsMax * 2));
}

/** The name of an organization in these cookies. */
export function cookieKeyOf(organizationId: OrganizationId): string {
  return organizationId.replaceAll('-', '');
}

/**
 * The cookies that a new session of an organization takes the place of: that organization's, and the oldest ones of others
 * if the browser would hold more than {@link browserSessionsMax}. Browsers send the oldest first (RFC 6265, section 5.4).
 */
export function replacedCookies(
  hashes: ReadonlyMap<string, string>,
  organizationId: OrganizationId,
): readonly { readonly key: string; readonly hash: string }[] {
  const own = cookieKeyOf(organizationId);
  const all = [...hashes].map(([key, hash]) => ({ key, hash }));
  const others = all.filter(({ key }) => key !== own);
  const oldest = others.slice(0, Math.max(0, others.length - (browserSessionsMax - 1)));
  return [...all.filter(({ key }) => key === own), ...oldest];
}

/** The `Set-Cookie` value for a session of an organization. */
export function setBrowserCookie(
  cookies: CookieJar,
  {
    organizationId,
    secret,
    lifetimeSeconds,
  }: { organizationId: OrganizationId; secret: string; lifetimeSeconds: number },
): string {
  return cookies.set(cookies.hostName(`${prefix}${cookieKeyOf(organizationId)}`), secret, lifetimeSeconds);
}

/** The `Set-Cookie` value that removes the cookie with a key. */
export function clearBrowserCookie(cookies: CookieJar, key: string): string {
  return cookies.clear(cookies.hostName(`${prefix}${key}`));
}
