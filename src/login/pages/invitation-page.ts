import { invitationPath } from '../../contract/login.ts';
import { html } from '../../http/html.ts';
import type { Page } from './layout.ts';
import { moment } from './moment.ts';

interface OpenInvitation {
  readonly token: string;
  readonly organizationName: string;
  /** An e-mail address, or the name of a machine identity. */
  readonly inviterName: string;
  readonly email: string;
  readonly expiresAt: Date;
}

/**
 * The page of a valid invitation. Opening it has no effect, because mail programs and scanners open links too. Its form
 * posts the `token` and starts the sign-in.
 */
export function invitationPage({ token, organizationName, inviterName, email, expiresAt }: OpenInvitation): Page {
  return {
    title: 'You are invited',
    content: html`
      <p class="lead">
        <strong><bdi>${inviterName}</bdi></strong> invited you to <strong><bdi>${organizationName}</bdi></strong
        >.
      </p>
      <dl class="facts">
        <div>
          <dt>Your address</dt>
          <dd>${email}</dd>
        </div>
        <div>
          <dt>Good until</dt>
          <dd>${moment(expiresAt)}</dd>
        </div>
      </dl>
      <form method="post" action="${invitationPath}">
        <input type="hidden" name="token" value="${token}" />
        <button class="button">Sign in to join</button>
      </form>
      <p class="aside">
        We will take you to the organization’s own sign-in page. Sign in there with the address above: the invitation is
        only for this address.
      </p>
    `,
  };
}

/** The one page of every invalid invitation. It does not reveal whether the link ever existed. */
export function invitationOverPage(): Page {
  return {
    title: 'This invitation is not valid',
    content: html`
      <p class="problem" role="alert">
        It was used or withdrawn, it has expired, or the link is not complete. Ask the admin who invited you for a new
        one.
      </p>
      <p class="aside">Are you a member already? <a href="/login">Sign in</a></p>
    `,
  };
}
