import { html, type Html } from '../../http/html.ts';

/** What a sign-in was started with and must still know when it ends. */
export interface PassedOn {
  /** Where the person wants to be afterwards. */
  readonly returnTo?: string | undefined;
  /** The port of a command-line program on the person's own computer that waits for the session. */
  readonly callbackPort?: number | undefined;
}

/** The hidden fields `returnTo` and `callbackPort` of a form. */
export function passedOnFields({ returnTo, callbackPort }: PassedOn): Html {
  return html`${returnTo !== undefined && html`<input type="hidden" name="returnTo" value="${returnTo}" />`}
  ${callbackPort !== undefined && html`<input type="hidden" name="callbackPort" value="${callbackPort}" />`}`;
}

/** A path of this site with the same in its query, named as command-line programs name it: `callback_port`. */
export function passedOnHref(path: string, { returnTo, callbackPort }: PassedOn): string {
  const query = new URLSearchParams();
  if (returnTo !== undefined) query.set('returnTo', returnTo);
  if (callbackPort !== undefined) query.set('callback_port', String(callbackPort));
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}
