import { emailLengthMax } from '../../contract/limits.ts';
import { html } from '../../http/html.ts';
import type { Page } from './layout.ts';
import { type PassedOn, passedOnFields, passedOnHref } from './passed-on.ts';
import { problemId, problemNote } from './problem.ts';

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
        ${passedOnFields(passedOn)}
        <div class="field">
          <label for="identifier">Work e-mail or organization</label>
          <input
            id="identifier"
            name="identifier"
            type="text"
            value="${email ?? organization ?? ''}"
            required
            maxlength="${emailLengthMax}"
            autocomplete="username"
            inputmode="email"
            autocapitalize="none"
            spellcheck="false"
            autofocus
            aria-describedby="identifier-hint${problem !== undefined && ` ${problemId}`}"
            ${problem !== undefined && html`aria-invalid="true"`}
          />
          <p class="hint" id="identifier-hint">Your work address, or the short name of your organization.</p>
        </div>
        <button class="button">Continue</button>
      </form>
      <p class="aside">
        Did you set this server up? <a href="${passedOnHref('/login/admin', passedOn)}">Sign in with your password</a>
      </p>
    `,
  };
}
