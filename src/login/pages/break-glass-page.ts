import { breakGlassCodeLengthMax, emailLengthMax, slugLengthMax } from '../../contract/limits.ts';
import { breakGlassPath } from '../../contract/login.ts';
import { html } from '../../http/html.ts';
import type { Page } from './layout.ts';
import { problemId, problemNote } from './problem.ts';

interface BreakGlass {
  readonly problem?: string | undefined;
  readonly organizationSlug?: string | undefined;
  readonly email?: string | undefined;
}

/**
 * The page for an admin whose identity provider fails. Posts `organizationSlug`, `email` and `code`. A rejected code is
 * never put back into the page.
 */
export function breakGlassPage({ problem, organizationSlug = '', email = '' }: BreakGlass): Page {
  const troubled = problem !== undefined && html`aria-invalid="true" aria-describedby="${problemId}"`;
  return {
    title: 'Break-glass sign-in',
    content: html`
      <p class="lead">
        For administrators whose organization’s sign-in does not work. A code is good once and lets you in for an hour;
        the other administrators see that you used it.
      </p>
      ${problemNote(problem)}
      <form method="post" action="${breakGlassPath}">
        <div class="field">
          <label for="organizationSlug">Organization</label>
          <input
            id="organizationSlug"
            name="organizationSlug"
            type="text"
            value="${organizationSlug}"
            required
            maxlength="${slugLengthMax}"
            autocomplete="organization"
            autocapitalize="none"
            spellcheck="false"
            ${troubled}
          />
        </div>
        <div class="field">
          <label for="email">E-mail</label>
          <input
            id="email"
            name="email"
            type="email"
            value="${email}"
            required
            maxlength="${emailLengthMax}"
            autocomplete="username"
            autocapitalize="none"
            spellcheck="false"
            ${troubled}
          />
        </div>
        <div class="field">
          <label for="code">One-time code</label>
          <input
            id="code"
            name="code"
            type="text"
            required
            maxlength="${breakGlassCodeLengthMax}"
            autocomplete="off"
            autocapitalize="characters"
            spellcheck="false"
            ${troubled}
          />
        </div>
        <button class="button">Sign in</button>
      </form>
      <p class="aside"><a href="/login">Sign in through your organization</a></p>
    `,
  };
}
