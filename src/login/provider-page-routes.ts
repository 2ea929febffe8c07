import type { FastifyReply } from 'fastify';

import { errorTable } from '../contract/errors.ts';
import { html, toMarkup } from '../http/html.ts';
import { pageHeaders } from '../http/page-reply.ts';
import type { RenderError } from '../openid-provider/build-provider.ts';
import type { ProviderProblem } from '../openid-provider/routes.ts';
import { errorText } from '../texts/text-of.ts';
import type { PageAssets } from './pages/assets.ts';
import { layout, type Page } from './pages/layout.ts';
import { showerOf } from './show-page.ts';

/** The pages of the OpenID Provider: for requests that cannot be answered at the application. */
export function createProviderPages(assets: PageAssets): {
  readonly renderError: RenderError;
  readonly showProblem: (reply: FastifyReply, code: ProviderProblem) => FastifyReply;
} {
  const show = showerOf({ assets });
  return {
    renderError: (context, problem) => {
      context.set(pageHeaders());
      context.type = 'text/html; charset=utf-8';
      context.body = toMarkup(layout(problemPage(problem.error, problem.description), assets.urls));
    },
    showProblem: (reply, code) => show(reply, errorTable[code].status, problemPage(code, errorText(code))),
  };
}

// The library's descriptions are for developers, so the page shows the code too.
function problemPage(code: string, description: string): Page {
  return {
    title: 'The application sent a request that cannot be answered',
    content: html`
      <p class="problem" role="alert">${description}</p>
      <p>Go back to the application and try again. If it happens again, tell the operator of the application.</p>
      <dl class="facts">
        <div>
          <dt>Error</dt>
          <dd><code>${code}</code></dd>
        </div>
      </dl>
    `,
  };
}
