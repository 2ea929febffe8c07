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
  /** Makes the `Set-Cookie` values of the response, when the library has made the rest of it. */
  readonly responseCookies: () => readonly string[];
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
  /** The page on which the user acts first, if they have to. */
  readonly interactionPath: string;
  /** Set by the library's hook if the user has to act first. */
  interaction?: { readonly params: Readonly<Record<string, unknown>>; readonly prompt: string };
}

/** An error of a standard, by its code, and why. */
export interface AuthorizationFault {
  readonly error: 'invalid_request' | 'access_denied' | 'login_required' | 'unmet_authentication_requirements';
  readonly description: string;
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
