import { html } from '../../http/html.ts';
import type { Page } from './layout.ts';

/** The page of an unknown URL. */
export function notFoundPage(): Page {
  return {
    title: 'Page not found',
    content: html`
      <p class="lead">Check the address. The page may have moved.</p>
      <p><a class="button" href="/login">Go to sign-in</a></p>
    `,
  };
}
