import type { ProviderCall } from './provider-call.ts';

/**
 * Headers for the one page that the library makes: it sends an authorization response as a form (OAuth 2.0 Form Post
 * Response Mode). The library adds the digest of its script to `script-src`. The form leads only to the redirect URI, which
 * the library has checked when it makes the page.
 */
export function pageHeadersOf({ authorization }: ProviderCall): Readonly<Record<string, string>> {
  const target = authorization?.redirectOrigin;
  const policy = [
    "default-src 'none'",
    'script-src',
    `form-action ${target ?? "'none'"}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return { 'content-security-policy': policy.join('; '), 'x-frame-options': 'DENY' };
}
