/** The lifetime and scope of a cookie. All cookies are HttpOnly, SameSite=Lax, Path=/, and Secure on an https site. */
export interface CookieJar {
  /** The cookie's name on this site, with the prefix `__Host-` if the browser accepts it (RFC 6265bis, 4.1.3.2). */
  hostName(name: string): string;
  /** A `Set-Cookie` value. Without `maxAgeSeconds`, the cookie is a session cookie. */
  set(name: string, value: string, maxAgeSeconds?: number): string;
  clear(name: string): string;
}

/** Makes cookies for a site; `https` decides whether they are `Secure`. */
export function createCookieJar({ https }: { https: boolean }): CookieJar {
  const attributes = `Path=/; HttpOnly; SameSite=Lax${https ? '; Secure' : ''}`;
  return {
    hostName: (name) => (https ? `__Host-${name}` : name),
    set: (name, value, maxAgeSeconds) =>
      maxAgeSeconds === undefined
        ? `${name}=${value}; ${attributes}`
        : `${name}=${value}; Max-Age=${maxAgeSeconds}; ${attributes}`,
    clear: (name) => `${name}=; Max-Age=0; ${attributes}`,
  };
}

/**
 * All values of each cookie in a request, in the order of the header. A name that occurs twice indicates a cookie that
 * another host planted, so callers must be able to see it (RFC 6265, section 8.6).
 */
export function readCookies(header: string | undefined): ReadonlyMap<string, readonly string[]> {
  const cookies = new Map<string, string[]>();
  for (const pair of (header ?? '').split(';')) {
    const equals = pair.indexOf('=');
    if (equals < 0) continue;
    const name = pair.slice(0, equals).trim();
    const values = cookies.get(name) ?? [];
    values.push(pair.slice(equals + 1).trim());
    cookies.set(name, values);
  }
  return cookies;
}

/** The value of a cookie that was sent exactly once. */
export function onlyCookie(header: string | undefined, name: string): string | undefined {
  const values = readCookies(header).get(name);
  return values?.length === 1 ? values[0] : undefined;
}
