import { html } from '../../http/html.ts';
import { identifierField } from './identifier-field.ts';
import type { Page } from './layout.ts';
import { type PassedOn, passedOnFields, passedOnHref } from './passed-on.ts';
import { problemNote } from './problem.ts';

interface SignIn extends PassedOn {
  /** What was wrong with the last input, for the member. */
  readonly problem?: string | undefined;
  readonly email?: string | undefined;
  /** The organization's slug, if no address is known. */
  readonly organization?: string | undefined;
}

/**
 * The first page of a sign-in: an e-mail address or an organization's slug in the field `identifier`, posted to
 * `/login/start`. It is posted so that addresses do not appear in histories and logs.
 */
export function signInPage({ problem, email, organization, ...passedOn }: SignIn): Page {
  return {
    title: 'Sign in',
    content: html`
      <p class="lead">We will take you to your organization’s own sign-in page.</p>
      ${problemNote(problem)}
      <form method="post" action="/login/start">
        ${passedOnFields(passedOn)} ${identifierField(email ?? organization ?? '', problem)}
        <button class="button">Continue</button>
      </form>
      <p class="aside">
        Did you set this server up? <a href="${passedOnHref('/login/admin', passedOn)}">Sign in with your password</a>
      </p>
    `,
  };
}
