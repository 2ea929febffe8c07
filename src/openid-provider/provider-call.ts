import { AsyncLocalStorage } from 'node:async_hooks';

import type { Application } from '../applications/application.ts';
import type { ClientInfo } from '../contract/actor.ts';
import type { Decision } from './choose-session.ts';
import type { MemberSession } from './member-queries.ts';

/**
 * One request to the library. The library calls its storage and its hooks without the request, so what belongs together
 * is kept here. Its own context storage is not set everywhere.
 */
export interface ProviderCall {
  readonly clientInfo: ClientInfo;
  /** The application of each `client_id` that the request named, read once. */
  readonly applications: Map<string, Application | undefined>;
  /** The session of each id that the request led to, read once. */
  readonly sessions: Map<string, MemberSession | undefined>;
  /** The SHA-256 hashes of the secrets of the client that authenticates. */
  secretHashes: readonly string[];
  /** Of an authorization request: what it does next. */
  readonly authorization?: AuthorizationCall;
  /**
   * Makes the cookies that keep an authorization request until its user has acted, from the parameters that the library
   * has checked; `undefined` if it is too long.
   */
  readonly keepRequest: (checked: Readonly<Record<string, unknown>>) => readonly string[] | undefined;
  /** The `Set-Cookie` values of the response. */
  responseCookies: readonly string[];
  /** The hash of the code or refresh token that this request claimed: what it obtains lives only as long as that. */
  claimedHash?: string;
  /** Whether the request presented a code or refresh token that was used before. */
  hasUsedAgain?: boolean;
  /** The refresh token that is being exchanged, and the data key with which its successor is derived from it. */
  exchanged?: { readonly refreshToken: string; readonly successorKeyId: string };
}

/** An authorization request on its way through the library. */
export interface AuthorizationCall {
  readonly decision: Decision;
  /** The session that it may use. */
  readonly session: MemberSession | undefined;
  /** An error that it gets once its redirect URI is known to be right. */
  readonly fault: AuthorizationFault | undefined;
  /** The web origin of its redirect URI, if it has one of the web. Nothing has checked it yet. */
  readonly redirectOrigin: string | undefined;
  /** The page on which the user acts first, if they have to. */
  readonly interactionPath: string;
}

/** An error of a standard, by its code, and why. */
export interface AuthorizationFault {
  readonly error: 'invalid_request' | 'access_denied' | 'login_required' | 'unmet_authentication_requirements';
  readonly description: string;
}

/**
 * The client of a request: the one that it named, and with which it authenticates if it must. It is read first; a request
 * reads a second one only to find that a token is not its own.
 */
export function clientOf({ applications }: ProviderCall): Application | undefined {
  const [first] = applications.values();
  return first;
}

const calls = new AsyncLocalStorage<ProviderCall>();

/** Runs a request to the library. */
export function withCall<Result>(call: ProviderCall, run: () => Result): Result {
  return calls.run(call, run);
}

/** The request that is being answered. */
export function currentCall(): ProviderCall {
  const call = calls.getStore();
  if (call === undefined) throw new Error('the OpenID Provider was called outside a request');
  return call;
}
