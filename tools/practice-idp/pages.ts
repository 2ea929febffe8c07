import { html, type Html } from '../../src/http/html.ts';
import { pageStylePath } from './page-style.ts';
import type { PracticePerson } from './practice-people.ts';

/** The form's value when no user was chosen. No user may have this login name. */
export const refusalValue = '';

/** The page on which the user chooses an account. The account in `loginHint` has the focus. */
export function signInPage(people: readonly PracticePerson[], loginHint?: string): Html {
  const choices = people.map((person) => {
    const hinted = loginHint === person.email || loginHint === person.loginName;
    return html`<li>
      <button name="person" value="${person.loginName}" ${hinted && html`autofocus`}>${describe(person)}</button>
    </li>`;
  });
  return page(
    'Who do you want to be?',
    html`<p>Choose a user to sign in as. No password is asked for.</p>
      <form method="post">
        <ul>
          ${choices}
        </ul>
        <button name="person" value="${refusalValue}">Do not sign in</button>
      </form>`,
  );
}

/** The page at the provider's root URL: an introduction and the list of users. */
export function homePage(people: readonly PracticePerson[], discoveryUrl: string): Html {
  return page(
    'Practice identity provider',
    html`<p>An OpenID provider for trying things out. It knows these people:</p>
      <ul>
        ${people.map((person) => html`<li class="person">${describe(person)}</li>`)}
      </ul>
      <p>Its discovery document: <a href="${discoveryUrl}">${discoveryUrl}</a></p>`,
  );
}

/** The page for a request that failed; `detail` is the library's text for the integrating developer. */
export function problemPage(detail: string): Html {
  return page('This sign-in cannot go on', html`<p>${detail}</p>`);
}

function describe(person: PracticePerson): Html {
  const groups =
    person.groups === undefined
      ? 'no groups claim'
      : person.groups.length === 0
        ? 'no groups'
        : person.groups.join(', ');
  const address = person.emailVerified ? person.email : `${person.email} (not verified)`;
  return html`<strong>${person.givenName} ${person.familyName}</strong> <span class="detail">${address}</span>
    <span class="detail">${groups}</span>`;
}

function page(title: string, content: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · practice provider</title>
        <link rel="stylesheet" href="${pageStylePath}" />
      </head>
      <body>
        <div class="stripe"></div>
        <main>
          <p class="notice">For practice only</p>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html>`;
}
