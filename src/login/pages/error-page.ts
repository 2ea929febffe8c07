import { html, type Html } from '../../http/html.ts';
import type { Page } from './layout.ts';
import { moment } from './moment.ts';

interface Failure {
  /** What happened, for the member. A fixed text of the server, never a claim or text of an identity provider. */
  readonly message: string;
  /** The id of the attempt's record for the admin. */
  readonly attemptId?: string | undefined;
  readonly happenedAt?: Date | undefined;
  readonly retryHref: string;
  /** What the member can do about it. */
  readonly hint?: string | undefined;
}

/** The page of a refused sign-in: what happened, how to try again, and what to tell the admin. */
export function errorPage({ message, attemptId, happenedAt, retryHref, hint }: Failure): Page {
  return {
    title: 'You are not signed in',
    content: html`
      <p class="problem" role="alert">${message}</p>
      ${hint !== undefined && html`<p>${hint}</p>`}
      <p><a class="button" href="${retryHref}">Try again</a></p>
      ${attemptId !== undefined && evidence(attemptId, happenedAt)}
    `,
  };
}

function evidence(attemptId: string, happenedAt: Date | undefined): Html {
  return html`<section class="evidence" aria-labelledby="evidence-heading">
    <h2 id="evidence-heading">If it happens again</h2>
    <p>
      Read this number out to your administrator, or send it. With it they see which step failed, and what to do. It
      holds nothing about you.
    </p>
    <dl class="facts">
      <div>
        <dt>Attempt</dt>
        <dd><code class="attempt">${inGroups(attemptId)}</code></dd>
      </div>
      ${
        happenedAt !== undefined &&
        html`<div>
          <dt>Time</dt>
          <dd>${moment(happenedAt)}</dd>
        </div>`
      }
    </dl>
  </section>`;
}

// Groups of four are easier to read aloud. The style sheet adds the gaps, so that copying yields the plain id.
function inGroups(attemptId: string): readonly Html[] {
  const groups = attemptId.match(/[^-]{1,4}-?|-/gu) ?? [];
  return groups.map((group) => html`<span>${group}</span>`);
}
