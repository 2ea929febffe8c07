import { type CookieJar, onlyCookie, readCookies } from '../http/cookies.ts';
import { cookieBytes, cookiesToDrop } from '../http/kept-cookies.ts';
import { SealBrokenError } from '../kernel/sealed-box.ts';
import type { Random } from '../kernel/random.ts';
import type { Keyring } from '../storage/keys/keyring.ts';

/**
 * An authorization request of an application while its user signs in. It is encrypted in a cookie of its own, so that any
 * node can continue it and starting a sign-in writes nothing.
 */
export interface ApplicationRequest {
  /** The parameters of the authorization request, which the library has checked. */
  readonly params: Readonly<Record<string, string>>;
  readonly clientId: string;
  /** The only organization that may sign in, if the request or a hint names one. */
  readonly organizationId: string | undefined;
  /** What the organization's identity provider is asked for. */
  readonly signsInAgain: boolean;
  readonly maxAgeSeconds: number | undefined;
  readonly acrValues: readonly string[];
  readonly loginHint: string | undefined;
  readonly askedAtMs: number;
}

const prefix = 'sallyport_request_';
const idPattern = /^[0-9a-z]{9}-[\w-]{22}$/;
const idBytes = 16;
const timeDigits = 9;

/** Whether a text can be the id of a request. */
export function isRequestId(text: string): boolean {
  return idPattern.test(text);
}

/** A request may wait for as long: the user may have to reset a password first. */
const requestLifetimeSeconds = 3600;
const budget = { prefix, countMax: 3, bytesMax: 6144 };
/** A longer sealed request does not fit into a cookie, which browsers cut off at 4096 bytes with its attributes. */
const sealedRequestBytesMax = 3584;

/** The id of a new request: its creation time, for the clean-up, and 128 random bits. */
export function newRequestId(nowMs: number, random: Random): string {
  const seconds = Math.floor(nowMs / 1000)
    .toString(36)
    .padStart(timeDigits, '0');
  return `${seconds}-${random.token(idBytes)}`;
}

/** What is needed to keep a request in the browser. */
export interface RequestStore {
  readonly keyring: Keyring;
  readonly cookies: CookieJar;
}

/** The `Set-Cookie` values that keep a request; `undefined` if it is too long. */
export function keepRequest(
  { keyring, cookies }: RequestStore,
  cookieHeader: string | undefined,
  { id, request }: { id: string; request: ApplicationRequest },
): string[] | undefined {
  const sealed = keyring.seal(JSON.stringify(request), purpose(id));
  if (sealed.length > sealedRequestBytesMax) return undefined;
  const name = cookies.hostName(`${prefix}${id}`);
  const dropped = cookiesToDrop(readCookies(cookieHeader), cookieBytes(name, sealed), {
    ...budget,
    prefix: cookies.hostName(prefix),
  });
  return [...dropped.map((old) => cookies.clear(old)), cookies.set(name, sealed, requestLifetimeSeconds)];
}

/** The request with an id, if this browser made it and it has not expired. */
export function readRequest(
  { keyring, cookies }: RequestStore,
  cookieHeader: string | undefined,
  { id, nowMs }: { id: string; nowMs: number },
): ApplicationRequest | undefined {
  if (!isRequestId(id)) return undefined;
  const sealed = onlyCookie(cookieHeader, cookies.hostName(`${prefix}${id}`));
  if (sealed === undefined) return undefined;
  try {
    // Only keepRequest encrypts this value, so its format is known.
    const request: ApplicationRequest = JSON.parse(keyring.open(sealed, purpose(id)));
    return nowMs - request.askedAtMs <= requestLifetimeSeconds * 1000 ? request : undefined;
  } catch (thrown) {
    if (thrown instanceof SealBrokenError) return undefined;
    throw thrown;
  }
}

/** The `Set-Cookie` value that forgets a request. */
export function forgetRequest({ cookies }: RequestStore, id: string): string {
  return cookies.clear(cookies.hostName(`${prefix}${id}`));
}

function purpose(id: string): string {
  return `application-request:${id}`;
}
