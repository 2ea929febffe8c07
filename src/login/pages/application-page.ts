import { applicationPagePath } from '../../contract/login.ts';
import { html, type Html } from '../../http/html.ts';
import { identifierField } from './identifier-field.ts';
import type { Page } from './layout.ts';
import { problemNote } from './problem.ts';

interface ApplicationSignIn {
  readonly requestId: string;
  readonly applicationName: string;
  /** What the user or the application entered. */
  readonly identifier: string;
  /** What was wrong with the last input, for the member. */
  readonly problem: string | undefined;
  /** The organizations that the browser is signed in to. */
  readonly organizations: readonly { readonly id: string; readonly name: string; readonly email: string }[];
}

/**
 * The sign-in page of an application's request: the organizations that the browser is signed in to, and a field for an
 * e-mail address or another organization.
 */
export function applicationPage(signIn: ApplicationSignIn): Page {
  const { requestId, applicationName, problem, identifier, organizations } = signIn;
  const path = `${applicationPagePath}/${requestId}`;
  return {
    title: `Sign in to ${applicationName}`,
    content: html`
      ${organizations.length > 0 && choices(path, organizations)}
      ${organizations.length === 0 && html`<p class="lead">We will take you to your organization’s own sign-in page.</p>`}
      ${problemNote(problem)}
      <form method="post" action="${path}">
        ${identifierField(identifier, problem)}
        <button class="button">Continue</button>
      </form>
      <p class="aside"><a href="${path}/cancel">Back to ${applicationName} without signing in</a></p>
    `,
  };
}

function choices(path: string, organizations: ApplicationSignIn['organizations']): Html {
  return html`<p class="lead">Choose an organization that you are signed in to, or name another one below.</p>
    <ul class="choices">
      ${organizations.map(
        ({ id, name, email }) =>
          html`<li>
            <a class="choice" href="${path}/continue?organization=${id}">
              <span class="choice-name"><bdi>${name}</bdi></span>
              <span class="choice-detail"><bdi>${email}</bdi></span>
            </a>
          </li>`,
      )}
    </ul>`;
}
