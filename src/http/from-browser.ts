import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a browser sent a request. Browsers send `Sec-Fetch-Site` (W3C Fetch Metadata) to https sites, `Origin` with
 * requests of scripts and forms, and a `User-Agent` that begins with `Mozilla/`; programs do not. `Sec-Fetch-Mode` is
 * no indication, because Node's `fetch` sends it too.
 */
export function isFromBrowser(headers: IncomingHttpHeaders): boolean {
  const { origin, 'sec-fetch-site': site, 'user-agent': agent = '' } = headers;
  return origin !== undefined || site !== undefined || agent.startsWith('Mozilla/');
}
