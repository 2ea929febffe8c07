/**
 * Where a finished sign-in may lead: a path of this site, a URL of this site, or a URL whose origin the operator listed.
 * Everything is decided on the URL as a browser parses it (WHATWG URL), which knows what `//`, `/\` and `%2f` come to.
 * What is on this site becomes a path.
 */
export function checkReturnTo(
  returnTo: string,
  { site, allowedOrigins }: { site: string; allowedOrigins: readonly string[] },
): string | undefined {
  const url = URL.parse(returnTo, `${site}/`);
  if (url === null || url.username !== '' || url.password !== '') return undefined;
  if (url.origin === site) {
    const path = `${url.pathname}${url.search}${url.hash}`;
    // A path such as `//host` would be read as another host when it is sent as a Location by itself.
    return (returnTo.startsWith('/') || isAbsolute(returnTo, site)) && !path.startsWith('//') ? path : undefined;
  }
  return allowedOrigins.includes(url.origin) && !returnTo.startsWith('/') ? url.href : undefined;
}

// Read without a base, since `https:path` is another host alone and a path beside a base.
function isAbsolute(returnTo: string, site: string): boolean {
  return URL.parse(returnTo)?.origin === site;
}
