import type { PracticeClient } from '../../tools/practice-idp/practice-client.ts';
import { practicePeople } from '../../tools/practice-idp/practice-people.ts';
import { startPracticeIdp, type PracticeIdp } from '../../tools/practice-idp/start-practice-idp.ts';

const redirectsMax = 10;

/** A practice provider on a free port with the users of the demo and the given clients. */
export async function startPracticeIdpForTest(...clients: readonly PracticeClient[]): Promise<PracticeIdp> {
  return startPracticeIdp({ port: 0, people: practicePeople, clients });
}

/**
 * Does at the practice provider what a browser would: opens the authorization request, submits the page's form with
 * `person`, and follows the redirects. Returns the first address elsewhere: the client's redirect URI with the answer.
 * An empty `person` is the button "Do not sign in".
 *
 * @throws when the provider shows something else than its sign-in page, with what it showed
 */
export async function signInAt(authorizationUrl: URL, person: string): Promise<URL> {
  const cookies = new Map<string, string>();
  const arrival = await followRedirects(authorizationUrl, cookies);
  if (arrival.page === undefined) return arrival.url;
  if (!arrival.page.includes('name="person"')) throw new Error(`not the sign-in page: ${arrival.page}`);
  const body = new URLSearchParams({ person });
  const departure = await followRedirects(arrival.url, cookies, { method: 'POST', body });
  if (departure.page !== undefined) throw new Error(`the provider does not redirect: ${departure.page}`);
  return departure.url;
}

interface Arrival {
  readonly url: URL;
  /** What is shown there; `undefined` when the address is not the provider's, for then it was not opened. */
  readonly page: string | undefined;
}

async function followRedirects(start: URL, cookies: Map<string, string>, first: RequestInit = {}): Promise<Arrival> {
  let url = start;
  let init = first;
  for (let count = 0; count < redirectsMax; count += 1) {
    if (url.origin !== start.origin) return { url, page: undefined };
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { accept: 'text/html', cookie } });
    for (const line of response.headers.getSetCookie()) rememberCookie(cookies, line);
    const location = response.headers.get('location');
    if (location === null) return { url, page: await response.text() };
    await response.body?.cancel();
    url = new URL(location, url);
    init = {};
  }
  throw new Error(`more than ${redirectsMax} redirects from ${start.origin}`);
}

// Paths and ages do not matter here: a visitor lives for one sign-in.
function rememberCookie(cookies: Map<string, string>, line: string): void {
  const pair = line.split(';', 1)[0] ?? '';
  const equals = pair.indexOf('=');
  const value = pair.slice(equals + 1);
  if (value === '') cookies.delete(pair.slice(0, equals));
  else cookies.set(pair.slice(0, equals), value);
}
