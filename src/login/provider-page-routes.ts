import type { FastifyReply } from 'fastify';

import { errorTable } from '../contract/errors.ts';
import { toMarkup } from '../http/html.ts';
import { pageHeaders } from '../http/page-reply.ts';
import type { RenderError } from '../openid-provider/build-provider.ts';
import type { ProviderProblem } from '../openid-provider/routes.ts';
import { errorText } from '../texts/text-of.ts';
import type { PageAssets } from './pages/assets.ts';
import { layout } from './pages/layout.ts';
import { providerProblemPage } from './pages/provider-problem-page.ts';
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
      context.body = toMarkup(layout(providerProblemPage(problem.error, problem.description), assets.urls));
    },
    showProblem: (reply, code) => show(reply, errorTable[code].status, providerProblemPage(code, errorText(code))),
  };
}
