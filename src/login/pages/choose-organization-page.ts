import type { Role } from '../../contract/shapes.ts';
import { html, type Html } from '../../http/html.ts';
import type { Page } from './layout.ts';
import { csrfField, signOutForm } from './session-forms.ts';

/** An organization of the user, with their role. */
interface Choice {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly role: Role;
}

interface ChooseOrganization {
  readonly organizations: readonly Choice[];
  readonly email: string;
  readonly callbackPort?: number | undefined;
  readonly csrfToken: string;
}

const roleNames: Readonly<Record<Role, string>> = {
  admin: 'Administrator',
  member: 'Member',
  'no-access': 'No access yet',
};

/**
 * One form per organization, posted to `/login/select-organization` with `organizationId` and `csrfToken`.
 *
 * With a callback port, the page asks before it passes the session to a program: a link with a port must not give a
 * session away unnoticed. Pressing a button confirms it, and `callbackPort` is posted too.
 */
export function chooseOrganizationPage(choose: ChooseOrganization): Page {
  const { organizations, email, callbackPort, csrfToken } = choose;
  if (organizations.length === 0) return noOrganizationPage(email, csrfToken);
  return {
    title: callbackPort === undefined ? 'Choose your organization' : 'Sign in your command line?',
    content: html`
      <p class="lead">You are signed in as <bdi>${email}</bdi>.</p>
      ${callbackPort !== undefined && programNotice(callbackPort)}
      <ul class="choices">
        ${organizations.map((organization) => choiceItem(organization, choose))}
      </ul>
      ${
        callbackPort !== undefined &&
        html`<p class="aside">
          Did you not start it? <a href="/login/select-organization">Go on without the program</a>
        </p>`
      }
      <div class="aside">${signOutForm(csrfToken)}</div>
    `,
  };
}

function programNotice(callbackPort: number): Html {
  return html`<div class="notice">
    <p>
      A program on this computer, at <code>127.0.0.1:${callbackPort}</code>, asks to be signed in. It could then do
      everything that you can do.
    </p>
    <p><strong>Go on only if you have just started it yourself.</strong></p>
  </div>`;
}

function choiceItem(organization: Choice, { callbackPort, csrfToken }: ChooseOrganization): Html {
  return html`<li>
    <form method="post" action="/login/select-organization">
      ${csrfField(csrfToken)}
      <input type="hidden" name="organizationId" value="${organization.id}" />
      ${callbackPort !== undefined && html`<input type="hidden" name="callbackPort" value="${callbackPort}" />`}
      <button class="choice">
        <span class="choice-name"
          >${callbackPort !== undefined && 'Sign it in to '}<bdi>${organization.name}</bdi></span
        >
        <span class="choice-detail"><bdi>${organization.slug}</bdi> · ${roleNames[organization.role]}</span>
      </button>
    </form>
  </li>`;
}

function noOrganizationPage(email: string, csrfToken: string): Page {
  return {
    title: 'No organization yet',
    content: html`
      <p class="lead">You are signed in as <bdi>${email}</bdi>, but you do not belong to an organization here.</p>
      <p>Ask the administrator of your organization to add you, then sign in again.</p>
      <div class="aside">${signOutForm(csrfToken)}</div>
    `,
  };
}
