import { html } from '../../http/html.ts';
import type { Page } from './layout.ts';

/** The page of an unknown URL. */
export function notFoundPage(): Page {
  return {
    title: 'There is no such page',
    content: html`
      <p class="lead">The address may have a typing mistake, or the page is gone.</p>
      <p><a class="button" href="/login">Go to sign-in</a></p>
    `,
  };
}
