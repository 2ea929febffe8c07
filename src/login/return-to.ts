/**
 * Where a finished sign-in may lead: a path of this site, or a URL whose origin the operator listed. Everything is
 * decided on the URL as a browser parses it (WHATWG URL), which knows what `//`, `/\` and `%2f` come to.
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
    return returnTo.startsWith('/') && !path.startsWith('//') ? path : undefined;
  }
  return allowedOrigins.includes(url.origin) && !returnTo.startsWith('/') ? url.href : undefined;
}
