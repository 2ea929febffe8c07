import type { TSchema } from 'typebox';

/** Who may call: everyone; a signed-in user; a machine identity; either; either with an organization. */
export type Access = 'public' | 'user' | 'machine' | 'user-or-machine' | 'organization';

/**
 * Which of the operator's rate limits counts a request. `auth` is for what can be guessed, passwords and client
 * secrets; `signIn` for the steps of a sign-in, where there is nothing to guess and a whole office comes at once from
 * one address.
 */
export type LimitClass = 'read' | 'write' | 'auth' | 'signIn' | 'none';

/** One endpoint of the API, as data: what it takes, what it answers, who may call it. */
export interface RouteContract {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly operationId: string;
  readonly summary: string;
  readonly tag: string;
  readonly access: Access;
  /**
   * Whether a session that a break-glass code opened may call it although it is no GET. Such a session repairs the
   * connection and ends sessions; it must leave nothing else behind that outlives it.
   */
  readonly breakGlass?: 'allowed';
  readonly limit: LimitClass;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly body?: TSchema;
  /** The 200 response. Fields that it does not declare are never sent. */
  readonly response?: TSchema;
  /** The response is a page of a list: the field that holds its rows, or `''` where the response is a bare array. */
  readonly list?: string;
  /** What the response is sent as, where it is no JSON. */
  readonly responseType?: string;
}
