import { emailLengthMax, passwordLengthMax } from '../../contract/limits.ts';
import { breakGlassPath } from '../../contract/login.ts';
import { html } from '../../http/html.ts';
import type { Page } from './layout.ts';
import { type PassedOn, passedOnFields, passedOnHref } from './passed-on.ts';
import { problemId, problemNote } from './problem.ts';

interface AdminSignIn extends PassedOn {
  readonly problem?: string | undefined;
  readonly email?: string | undefined;
}

/**
 * The one page with a password, for the instance admin. Posts `email` and `password` to `/login/admin`. A rejected
 * password is never put back into the page.
 */
export function adminSignInPage({ problem, email, ...passedOn }: AdminSignIn): Page {
  const emailKnown = email !== undefined && email !== '';
  const troubled = problem !== undefined && html`aria-invalid="true" aria-describedby="${problemId}"`;
  return {
    title: 'Administrator sign-in',
    content: html`
      <p class="lead">For the administrator who set this server up. Everybody else signs in without a password.</p>
      ${problemNote(problem)}
      <form method="post" action="/login/admin">
        ${passedOnFields(passedOn)}
        <div class="field">
          <label for="email">E-mail</label>
          <input
            id="email"
            name="email"
            type="email"
            value="${email ?? ''}"
            required
            maxlength="${emailLengthMax}"
            autocomplete="username"
            autocapitalize="none"
            spellcheck="false"
            ${!emailKnown && html`autofocus`}
            ${troubled}
          />
        </div>
        <div class="field">
          <label for="password">Password</label>
          <input
            id="password"
            name="password"
            type="password"
            required
            maxlength="${passwordLengthMax}"
            autocomplete="current-password"
            ${emailKnown && html`autofocus`}
            ${troubled}
          />
        </div>
        <button class="button">Sign in</button>
      </form>
      <p class="aside">
        Is your organization’s sign-in out of order? <a href="${breakGlassPath}">Use a break-glass code</a>
      </p>
      <p class="aside">Not you? <a href="${passedOnHref('/login', passedOn)}">Sign in through your organization</a></p>
    `,
  };
}
