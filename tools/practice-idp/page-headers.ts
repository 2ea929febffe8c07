// An application that is tried out with the practice provider may send people on to another program on this computer.
const thisComputer = 'http://localhost:* http://127.0.0.1:*';

/**
 * The headers of a page. Chromium holds `form-action` against every redirect that follows a submitted form, not against
 * the form's own address alone, so the sign-in page must name where the client wants the person back.
 */
export function pageHeaders(redirectUri?: string): Readonly<Record<string, string>> {
  const formTargets =
    redirectUri === undefined ? "'none'" : `'self' ${thisComputer} ${URL.parse(redirectUri)?.origin ?? ''}`.trimEnd();
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': [
      "default-src 'none'",
      "style-src 'self'",
      `form-action ${formTargets}`,
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}
