import { switchPath } from '../../contract/login.ts';
import { html, type Html } from '../../http/html.ts';
import type { Page } from './layout.ts';
import { csrfField } from './session-forms.ts';

/** A user in an organization, as the page names them. */
interface Account {
  readonly email: string;
  /** Missing for a session without an organization. */
  readonly organizationName: string | undefined;
}

interface SwitchAccount {
  readonly current: Account;
  readonly next: Account;
  readonly csrfToken: string;
}

/**
 * Asks before a sign-in replaces the session of another user or organization. Anyone can send a link to a sign-in, and
 * a provider may answer it without a prompt, so an account must not be replaced unnoticed.
 */
export function switchPage({ current, next, csrfToken }: SwitchAccount): Page {
  return {
    title: 'Switch to another account?',
    content: html`
      <p class="lead">You are signed in already. This sign-in is for another account.</p>
      <dl class="facts">${account('Signed in now', current)} ${account('New sign-in', next)}</dl>
      <p>If you switch, this browser is signed out of the account that you use now.</p>
      <form method="post" action="${switchPath}">
        ${csrfField(csrfToken)}
        <p><button class="button" name="choice" value="stay">Stay signed in</button></p>
        <p><button class="button quiet" name="choice" value="switch">Switch to the new account</button></p>
      </form>
      <p class="aside">Did you not start this sign-in? Then stay signed in.</p>
    `,
  };
}

function account(label: string, { email, organizationName }: Account): Html {
  return html`<div>
    <dt>${label}</dt>
    <dd><bdi>${email}</bdi>${organizationName !== undefined && html`<br /><bdi>${organizationName}</bdi>`}</dd>
  </div>`;
}
