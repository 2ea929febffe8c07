import { html } from '../../http/html.ts';
import type { Page } from './layout.ts';

/**
 * Leads on to another site by itself, without a script: the answer to a form that a redirect would otherwise answer.
 *
 * Chromium holds the form's page's `form-action` against every redirect that follows, however far it leads, and where an
 * identity provider redirects to is not ours to know. This page ends the form's navigation; going on from it is a new one,
 * to which no `form-action` applies, so the pages with forms need not name any site but their own. A refresh without
 * delay leaves no entry in the history, so "back" returns to the form.
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
