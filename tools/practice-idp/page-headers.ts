// An application under test may redirect users to another program on this computer.
const thisComputer = 'http://localhost:* http://127.0.0.1:*';

/**
 * The headers of a page. Chromium checks `form-action` for the form's own address and for every redirect after its
 * submission. The sign-in page must therefore list the client's redirect target.
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
