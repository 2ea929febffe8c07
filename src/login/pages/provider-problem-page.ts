import { html } from '../../http/html.ts';
import type { Page } from './layout.ts';

/**
 * The page of a request that cannot be answered at the application. The library's descriptions are for developers, so the
 * page shows the code too.
 */
export function providerProblemPage(code: string, description: string): Page {
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
