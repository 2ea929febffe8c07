import { html, type Html } from '../../http/html.ts';
import type { Page } from './layout.ts';
import { moment } from './moment.ts';

interface Failure {
  /** What happened, in words for the member; a text of the server's own, never a claim or an identity provider's. */
  readonly message: string;
  /** What finds the attempt in the administrator's record. */
  readonly attemptId?: string | undefined;
  readonly happenedAt?: Date | undefined;
  readonly retryHref: string;
  /** What the member can do about it. */
  readonly hint?: string | undefined;
}

/** The page of a sign-in that was refused: what happened, how to try again, and what to tell the administrator. */
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

// Groups of four are easier to read out. The gaps between them are the style sheet's, so copying yields the bare number.
function inGroups(attemptId: string): readonly Html[] {
  const groups = attemptId.match(/[^-]{1,4}-?|-/gu) ?? [];
  return groups.map((group) => html`<span>${group}</span>`);
}
