import { applicationPagePath, selectOrganizationPath } from '../contract/login.ts';

/** What happens after a sign-in. */
export type Continuation =
  /** The browser goes to a page: the one that the sign-in was started for, or the page of the session. */
  | { readonly kind: 'page'; readonly returnTo?: string }
  /** A program on the user's computer waits on a port of loopback for a session of its own. */
  | { readonly kind: 'program'; readonly callbackPort: number }
  /** The authorization request of an application continues. */
  | { readonly kind: 'application'; readonly requestId: string };

/** The path or URL at which the browser continues. */
export function continuationHref(continuation: Continuation): string {
  switch (continuation.kind) {
    case 'page':
      return continuation.returnTo ?? selectOrganizationPath;
    case 'program':
      return `${selectOrganizationPath}?callback_port=${continuation.callbackPort}`;
    case 'application':
      return `${applicationPagePath}/${continuation.requestId}/continue`;
    default:
      return continuation satisfies never;
  }
}

/** A continuation as the parts of a link that starts the sign-in again. */
export interface ContinuationParts {
  readonly returnTo?: string | undefined;
  readonly callbackPort?: number | undefined;
  readonly requestId?: string | undefined;
}

export function partsOf(continuation: Continuation): ContinuationParts {
  switch (continuation.kind) {
    case 'page':
      return { returnTo: continuation.returnTo };
    case 'program':
      return { callbackPort: continuation.callbackPort };
    case 'application':
      return { requestId: continuation.requestId };
    default:
      return continuation satisfies never;
  }
}
