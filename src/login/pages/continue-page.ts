import { html } from '../../http/html.ts';
import type { Page } from './layout.ts';

/**
 * Continues to another site without a script. It is the response to a form instead of a redirect.
 *
 * Chromium applies the form page's `form-action` to every redirect that follows, and the redirects of an identity
 * provider are unknown. This page ends the form's navigation. The next one is new, and `form-action` does not apply to
 * it, so pages with forms need to list only their own site. A refresh without delay leaves no entry in the history, so
 * "back" returns to the form.
 */
export function continuePage({ target }: { readonly target: URL }): Page {
  return {
    title: 'One moment',
    continueTo: target,
    content: html`
      <p class="lead">We are taking you to <strong class="host">${target.host}</strong>.</p>
      <p class="aside">Nothing happens? <a href="${target.href}">Continue by hand</a></p>
    `,
  };
}
