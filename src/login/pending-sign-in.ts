import { pendingSessionSeconds } from '../contract/limits.ts';
import { type CookieJar, onlyCookie } from '../http/cookies.ts';
import { SealBrokenError } from '../kernel/sealed-box.ts';
import type { Keyring } from '../storage/keys/keyring.ts';
import type { Continuation } from './continuation.ts';

/** A successful sign-in that waits for the user's answer, because the browser has another account's session. */
export interface PendingSignIn {
  readonly continuation: Continuation;
  /** The refresh token of the new session. The browser gets it as its refresh cookie when the user agrees. */
  readonly refreshToken: string;
}

interface Request {
  readonly headers: { readonly cookie?: string | undefined };
}

interface Reply {
  header(name: 'set-cookie', value: string): unknown;
}

const cookieName = 'sallyport_pending';
const purpose = 'pending-sign-in';

/** Keeps a sign-in in the browser, encrypted, until the user has answered. */
export function keepPending(reply: Reply, store: PendingStore, pending: PendingSignIn): void {
  const sealed = store.keyring.seal(JSON.stringify(pending), purpose);
  const name = store.cookies.hostName(cookieName);
  reply.header('set-cookie', store.cookies.set(name, sealed, pendingSessionSeconds));
}

/** What is needed to keep a sign-in. */
export interface PendingStore {
  readonly keyring: Keyring;
  readonly cookies: CookieJar;
}

export function readPending({ headers }: Request, { keyring, cookies }: PendingStore): PendingSignIn | undefined {
  const sealed = onlyCookie(headers.cookie, cookies.hostName(cookieName));
  if (sealed === undefined) return undefined;
  try {
    // Only keepPending encrypts this value, so its format is known.
    const pending: PendingSignIn = JSON.parse(keyring.open(sealed, purpose));
    return pending;
  } catch (thrown) {
    if (thrown instanceof SealBrokenError) return undefined;
    throw thrown;
  }
}

export function forgetPending(reply: Reply, { cookies }: PendingStore): void {
  reply.header('set-cookie', cookies.clear(cookies.hostName(cookieName)));
}
