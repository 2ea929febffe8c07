/**
 * Checks the target of a sign-in: a path of this site, a URL of this site, or a URL whose web origin the operator
 * listed. The decision uses the URL as a browser parses it (WHATWG URL), including `//`, `/\` and `%2f`. A URL of this
 * site becomes a path.
 */
export function checkReturnTo(
  returnTo: string,
  { site, allowedOrigins }: { site: string; allowedOrigins: readonly string[] },
): string | undefined {
  const url = URL.parse(returnTo, `${site}/`);
  if (url === null || url.username !== '' || url.password !== '') return undefined;
  if (url.origin === site) {
    const path = `${url.pathname}${url.search}${url.hash}`;
    // A browser would read a Location such as `//host` as another host.
    return (returnTo.startsWith('/') || isAbsolute(returnTo, site)) && !path.startsWith('//') ? path : undefined;
  }
  return allowedOrigins.includes(url.origin) && !returnTo.startsWith('/') ? url.href : undefined;
}

// Parsed without a base, because `https:path` is a host without a base and a path with one.
function isAbsolute(returnTo: string, site: string): boolean {
  return URL.parse(returnTo)?.origin === site;
}
