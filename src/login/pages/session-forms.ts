import { html, type Html } from '../../http/html.ts';

/** The hidden field `csrfToken`, which proves that a form came from a page of this session. */
export function csrfField(csrfToken: string): Html {
  return html`<input type="hidden" name="csrfToken" value="${csrfToken}" />`;
}

/** The button that ends the session, posted to `/login/logout`. */
export function signOutForm(csrfToken: string): Html {
  return html`<form method="post" action="/login/logout">
    ${csrfField(csrfToken)}
    <button class="button quiet">Sign out</button>
  </form>`;
}
