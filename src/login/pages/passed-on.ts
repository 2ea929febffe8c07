import { html, type Html } from '../../http/html.ts';

/** The parameters of a sign-in that its pages must keep. */
export interface PassedOn {
  /** The target after the sign-in. */
  readonly returnTo?: string | undefined;
  /** The port of a command-line program on the user's computer that waits for the session. */
  readonly callbackPort?: number | undefined;
}

/** The hidden fields `returnTo` and `callbackPort` of a form. */
export function passedOnFields({ returnTo, callbackPort }: PassedOn): Html {
  return html`${returnTo !== undefined && html`<input type="hidden" name="returnTo" value="${returnTo}" />`}
  ${callbackPort !== undefined && html`<input type="hidden" name="callbackPort" value="${callbackPort}" />`}`;
}

/**
 * A path of this site with the parameters in its query, with the name that command-line programs use: `callback_port`.
 */
export function passedOnHref(path: string, { returnTo, callbackPort }: PassedOn): string {
  const query = new URLSearchParams();
  if (returnTo !== undefined) query.set('returnTo', returnTo);
  if (callbackPort !== undefined) query.set('callback_port', String(callbackPort));
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}
