/** What a browser was answered, before it follows anything. */
export interface PageAnswer {
  readonly status: number;
  /** Where a redirect leads, made absolute; `''` when it is none. */
  readonly location: string;
  readonly headers: Headers;
  readonly text: string;
}

export interface PageRequest {
  readonly headers?: Readonly<Record<string, string>>;
  /** The fields of a form; they make it a POST. */
  readonly form?: Readonly<Record<string, string>>;
  readonly method?: string;
}

/**
 * A browser as far as a sign-in needs one: it keeps cookies, for each host as browsers do (RFC 6265, section 8.5: ports
 * do not separate), and says what it was answered. It follows no redirect by itself, so that a test stands between.
 */
export interface BrowserClient {
  visit(url: string | URL, request?: PageRequest): Promise<PageAnswer>;
  /** The cookies that a host was given, by name. */
  cookies(host: string): Map<string, string>;
}

/** Opens a browser without cookies: a member's, or somebody else's. */
export function openBrowser(): BrowserClient {
  const jars = new Map<string, Map<string, string>>();
  const cookies = (host: string): Map<string, string> => {
    const jar = jars.get(host) ?? new Map<string, string>();
    jars.set(host, jar);
    return jar;
  };
  return {
    cookies,
    visit: async (address, { headers = {}, form, method } = {}) => {
      const url = new URL(address);
      const jar = cookies(url.hostname);
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(url, {
        method: method ?? (form === undefined ? 'GET' : 'POST'),
        redirect: 'manual',
        headers: { accept: 'text/html', ...(cookie === '' ? {} : { cookie }), ...headers },
        ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
      });
      for (const line of response.headers.getSetCookie()) keep(jar, line);
      const location = response.headers.get('location');
      return {
        status: response.status,
        location: location === null ? '' : new URL(location, url).href,
        headers: response.headers,
        text: await response.text(),
      };
    },
  };
}

// A cookie that is set to live for no time is one that the server takes back.
function keep(jar: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split('; ');
  const equals = pair.indexOf('=');
  const name = pair.slice(0, equals);
  if (attributes.includes('Max-Age=0')) jar.delete(name);
  else jar.set(name, pair.slice(equals + 1));
}
