import { html } from '../../http/html.ts';
import type { Page } from './layout.ts';
import { moment } from './moment.ts';
import { signOutForm } from './session-forms.ts';

interface SignedIn {
  /** The user's full name; may be empty. */
  readonly name: string;
  readonly email: string;
  readonly organizationName: string;
  readonly expiresAt: Date;
  readonly csrfToken: string;
}

/** The end of a sign-in without a target: the user, the organization, the expiry, and the sign-out button. */
export function signedInPage({ name, email, organizationName, expiresAt, csrfToken }: SignedIn): Page {
  return {
    title: 'You are signed in',
    content: html`
      <dl class="facts">
        ${
          name !== '' &&
          html`<div>
            <dt>Name</dt>
            <dd><bdi>${name}</bdi></dd>
          </div>`
        }
        <div>
          <dt>E-mail</dt>
          <dd><bdi>${email}</bdi></dd>
        </div>
        <div>
          <dt>Organization</dt>
          <dd><bdi>${organizationName}</bdi></dd>
        </div>
        <div>
          <dt>Signed in until</dt>
          <dd>${moment(expiresAt)}</dd>
        </div>
      </dl>
      <p>You can close this window and go back to what you were doing.</p>
      <div class="aside">${signOutForm(csrfToken)}</div>
    `,
  };
}
