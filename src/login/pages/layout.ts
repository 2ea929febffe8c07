import { html, type Html } from '../../http/html.ts';
import type { PagePolicy } from '../../http/page-reply.ts';
import type { AssetUrls } from './assets.ts';

/** A page without its frame: its content, and what it may do. */
export interface Page extends PagePolicy {
  /** The main heading and the window title. */
  readonly title: string;
  /** The content below the heading. */
  readonly content: Html;
  /** The URL to which the browser continues at once. */
  readonly continueTo?: URL;
}

/** Adds the frame of all pages: head, banner and main heading. */
export function layout(page: Page, urls: AssetUrls): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        ${page.continueTo && html`<meta http-equiv="refresh" content="0; url=${page.continueTo.href}" />`}
        <title>${page.title} · Sallyport</title>
        <link rel="icon" href="${urls.logo}" type="image/svg+xml" />
        <link rel="stylesheet" href="${urls.styleSheet}" />
        ${page.script === true && html`<script src="${urls.commandLineScript}" defer></script>`}
      </head>
      <body>
        <header class="gate">
          <a class="brand" href="/login"><img src="${urls.logo}" alt="" width="40" height="40" />Sallyport</a>
          <p class="motto">Your organization keeps the gate.</p>
          <img class="passage" src="${urls.passage}" alt="" loading="lazy" />
        </header>
        <main>
          <div class="column">
            <h1>${page.title}</h1>
            ${page.content}
          </div>
        </main>
      </body>
    </html>`;
}
