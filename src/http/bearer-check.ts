import type { FastifyRequest } from 'fastify';

import type { Actor, ClientInfo } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import type { RouteContract } from '../contract/route.ts';
import { readClientInfo } from './client-info.ts';

/** The result of the bearer check: a caller with a valid access token. */
export interface Authenticated {
  readonly actor: Actor;
  /** Reads the caller again. @throws `token_invalid` if the token has ended since. */
  readonly judgeAgain: () => Promise<Actor>;
}

/** Returns the caller whom an access token belongs to. @throws `token_invalid` */
export type Authenticate = (token: string, clientInfo: ClientInfo) => Promise<Authenticated>;

// RFC 6750, section 2.1: b64token. The scheme is compared without case (RFC 9110, section 11.1).
const bearer = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/**
 * Authenticates the caller and checks that this kind of caller may use the endpoint. Only the `Authorization` header
 * carries a token. A request with two such headers is rejected, because it is unclear which one counts.
 */
export async function checkBearer(
  request: FastifyRequest,
  route: RouteContract,
  authenticate: Authenticate,
): Promise<Authenticated> {
  const header = request.headers.authorization;
  if (header === undefined || header === '' || countHeader(request.raw.rawHeaders, 'authorization') !== 1) {
    throw appError('token_missing');
  }
  if (!/^bearer( |$)/i.test(header)) throw appError('token_missing');
  const token = bearer.exec(header)?.[1];
  if (token === undefined) throw appError('token_invalid');
  const authenticated = await authenticate(token, readClientInfo(request));
  requireKind(authenticated.actor, route);
  requireOpenToBreakGlass(authenticated.actor, route);
  return authenticated;
}

function requireKind(actor: Actor, { access }: RouteContract): void {
  if (access === 'user' && actor.kind !== 'user') throw appError('user_token_required');
  if (access === 'machine' && actor.kind !== 'identity') throw appError('machine_token_required');
  if (access === 'organization' && actor.organizationId === undefined && !actor.isInstanceAdmin) {
    throw appError('organization_not_selected');
  }
}

// A session keeps its sign-in method when it is refreshed or selects an organization, so this is true of those too.
function requireOpenToBreakGlass(actor: Actor, { method, breakGlass }: RouteContract): void {
  if (actor.kind !== 'user' || actor.authMethod !== 'break-glass') return;
  if (method !== 'GET' && breakGlass !== 'allowed') throw appError('break_glass_session');
}

function countHeader(rawHeaders: readonly string[], name: string): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === name) count += 1;
  }
  return count;
}
