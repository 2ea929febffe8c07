import { html, type Html } from '../../http/html.ts';
import type { PagePolicy } from '../../http/page-reply.ts';
import type { AssetUrls } from './assets.ts';

/** A page before it is dressed: what stands in it, and what it may do beyond that. */
export interface Page extends PagePolicy {
  /** The main heading and the window's title. */
  readonly title: string;
  /** What stands under the heading. */
  readonly content: Html;
  /** Where the browser goes on to by itself, at once. */
  readonly continueTo?: URL;
}

/** Puts a page into the frame that all pages share: head, banner and main heading. */
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
