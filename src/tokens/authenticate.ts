import type { Actor, RequestOrigin } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { asId, type MachineIdentityId, type OrganizationId, type SessionId, type UserId } from '../contract/ids.ts';
import { isTrustedAddress } from '../identities/trusted-ips.ts';
import { latestEndMs } from '../organizations/session-lifetime.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../storage/database.ts';
import type { AccessClaims, AccessTokens } from './access-tokens.ts';
import { countMachineTokenUse, findLiveMachineToken, findLiveSession } from './queries.ts';

interface AuthenticateDeps {
  readonly database: Database;
  readonly accessTokens: AccessTokens;
  readonly clock: Clock;
}

/**
 * Tells who holds an access token. The signature says who made it; the row of its session or machine token says
 * whether it is still good, so what was ended or revoked on any node is refused by the next request.
 *
 * @throws `token_invalid`
 */
export function createAuthenticate(deps: AuthenticateDeps): (token: string, origin: RequestOrigin) => Promise<Actor> {
  return async (token, origin) => {
    const claims = await deps.accessTokens.verify(token);
    return claims.kind === 'user' ? authenticateUser(deps, claims) : authenticateMachine(deps, claims, origin);
  };
}

async function authenticateUser(
  { database, clock }: AuthenticateDeps,
  claims: Extract<AccessClaims, { kind: 'user' }>,
): Promise<Actor> {
  const session = await findLiveSession(database.db, {
    sessionId: claims.sessionId,
    userId: claims.subject,
    nowMs: clock.nowMs(),
  });
  if (session === undefined || isTooOld(session, clock.nowMs())) {
    throw appError('token_invalid', { meta: { reason: 'session ended' } });
  }
  return {
    kind: 'user',
    userId: asId<UserId>(claims.subject),
    email: session.email,
    sessionId: asId<SessionId>(claims.sessionId),
    organizationId: claims.organizationId === undefined ? undefined : asId<OrganizationId>(claims.organizationId),
    authMethod: claims.authMethod,
    // An organization's identity provider vouches for its members there and nowhere else: whoever it signs in as
    // the server's administrator is an ordinary member.
    isInstanceAdmin: session.is_super_admin === 1 && session.auth_method === 'password',
  };
}

// What the organization allows now counts, so that a session that began while the setting was being changed ends too.
function isTooOld(session: { user_token_expiration: string | null; authenticated_at: number }, nowMs: number): boolean {
  const { user_token_expiration: expiration, authenticated_at: authenticatedAtMs } = session;
  return expiration !== null && latestEndMs(expiration, authenticatedAtMs) <= nowMs;
}

async function authenticateMachine(
  { database, clock }: AuthenticateDeps,
  claims: Extract<AccessClaims, { kind: 'identity' }>,
  origin: RequestOrigin,
): Promise<Actor> {
  const token = await findLiveMachineToken(database.db, { id: claims.tokenId, nowMs: clock.nowMs() });
  if (token === undefined || token.identity_id !== claims.subject) {
    throw appError('token_invalid', { meta: { reason: 'machine token ended' } });
  }
  if (token.access_token_trusted_ips !== null && !isTrustedAddress(token.access_token_trusted_ips, origin.ipAddress)) {
    throw appError('token_invalid', { meta: { reason: 'address not trusted' } });
  }
  if (token.num_uses_limit > 0) {
    const counted = await database.transaction(async (tx) => countMachineTokenUse(tx, token.id));
    if (!counted) throw appError('token_invalid', { meta: { reason: 'no uses left' } });
  }
  return {
    kind: 'identity',
    identityId: asId<MachineIdentityId>(token.identity_id),
    name: token.name,
    organizationId: asId<OrganizationId>(token.organization_id),
    clientSecretId: token.client_secret_id ?? undefined,
    isInstanceAdmin: token.is_instance_admin === 1,
  };
}
