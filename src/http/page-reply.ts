import type { FastifyReply } from 'fastify';

import { toMarkup, type Html } from './html.ts';
import { retryAfterSeconds } from './retry-after.ts';

/** What a page may do in addition to showing the site's own style sheet and images. */
export interface PagePolicy {
  /** The one web origin that the page's script calls. */
  readonly extraConnectSrc?: string | undefined;
  /** A web origin that a form of the page may lead to, in addition to the site. */
  readonly formAction?: string | undefined;
  /** Whether the page has a script file of the site. Inline scripts never run. */
  readonly script?: boolean | undefined;
}

/**
 * Sends a page with the headers of every page. It is neither stored nor framed, and loads nothing from other sites.
 *
 * The referrer policy is `same-origin`: under `no-referrer`, browsers send `Origin: null` with the page's own forms
 * (Fetch, section 3.1, "append a request Origin header"), and the check against requests of other sites would reject
 * them. Other sites get no referrer under either policy.
 */
export function sendPage(
  reply: FastifyReply,
  page: Html,
  { status, policy = {} }: { status: number; policy?: PagePolicy },
): FastifyReply {
  const waitSeconds = retryAfterSeconds(status);
  if (waitSeconds !== undefined) reply.header('retry-after', waitSeconds);
  return reply.code(status).headers(pageHeaders(policy)).type('text/html; charset=utf-8').send(toMarkup(page));
}

/** The headers of every page. */
export function pageHeaders(policy: PagePolicy = {}): Readonly<Record<string, string>> {
  return {
    'content-security-policy': contentSecurityPolicy(policy),
    'cache-control': 'no-store',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };
}

/**
 * The content security policy of a page (CSP Level 3). Chromium applies `form-action` to every redirect after a
 * submitted form. A form whose response leads to another web origin therefore needs that origin here, or a page in
 * between that continues by itself.
 */
export function contentSecurityPolicy({ extraConnectSrc, formAction, script }: PagePolicy): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    ...(script === true ? ["script-src 'self'"] : []),
    ...(extraConnectSrc === undefined ? [] : [`connect-src ${origin(extraConnectSrc)}`]),
    formAction === undefined ? "form-action 'self'" : `form-action 'self' ${origin(formAction)}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

// A policy is text: a space, a semicolon or a comma in an origin would add another source, directive or policy.
function origin(source: string): string {
  const url = new URL(source);
  if (url.origin !== source) throw new TypeError('a source of a content security policy must be an origin');
  return source;
}
