/** A response to a browser, before it follows a redirect. */
export interface PageAnswer {
  readonly status: number;
  /** The absolute target of a redirect; `''` if it is not a redirect. */
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
 * The part of a browser that a sign-in needs. It keeps cookies for each host, as browsers do (RFC 6265, section 8.5:
 * ports do not
 * separate), and returns responses. It follows no redirect by itself, so that a test can act in between.
 */
export interface BrowserClient {
  visit(url: string | URL, request?: PageRequest): Promise<PageAnswer>;
  /** The cookies for a host, by name. */
  cookies(host: string): Map<string, string>;
}

/** Opens a browser without cookies. */
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

// A cookie with a lifetime of zero is deleted.
function keep(jar: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split('; ');
  const equals = pair.indexOf('=');
  const name = pair.slice(0, equals);
  if (attributes.includes('Max-Age=0')) jar.delete(name);
  else jar.set(name, pair.slice(equals + 1));
}
