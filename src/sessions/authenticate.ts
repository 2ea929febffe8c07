import type { MachineActor, ClientInfo, UserActor } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { asId, type MachineIdentityId, type OrganizationId, type SessionId, type UserId } from '../contract/ids.ts';
import type { Authenticated } from '../http/bearer-check.ts';
import type { Clock } from '../kernel/clock.ts';
import { isInstanceAdminSession } from '../access/instance-admin.ts';
import { latestEndMs } from '../contract/session-lifetime.ts';
import type { Database } from '../storage/database.ts';
import {
  type AcceptedToken,
  acceptMachineToken,
  type MachineClaims,
  useMachineToken,
} from '../machine-login/accept-machine-token.ts';
import type { AccessClaims, AccessTokens } from '../signing-keys/access-tokens.ts';
import { findLiveSession } from './queries.ts';

interface AuthenticateDeps {
  readonly database: Database;
  readonly accessTokens: AccessTokens;
  readonly clock: Clock;
}

/**
 * Identifies the owner of an access token. The signature proves the issuer. The row of its session or machine token
 * says whether it is still valid, so a token that ended on any node is rejected by the next request.
 *
 * `judgeAgain` reads that row once more, without verifying the signature and without counting another use.
 *
 * @throws `token_invalid`
 */
export function createAuthenticate(
  deps: AuthenticateDeps,
): (token: string, clientInfo: ClientInfo) => Promise<Authenticated> {
  return async (token, clientInfo) => {
    const claims = await deps.accessTokens.verify(token);
    if (claims.kind === 'user') {
      const judgeAgain = async () => findUserActor(deps, claims);
      return { actor: await judgeAgain(), judgeAgain };
    }
    const judgeAgain = async () => {
      const facts = { clientInfo, nowMs: deps.clock.nowMs() };
      return toActor(await acceptMachineToken(deps.database.db, claims, facts));
    };
    return { actor: await authenticateMachine(deps, claims, clientInfo), judgeAgain };
  };
}

async function findUserActor(
  { database, clock }: AuthenticateDeps,
  claims: Extract<AccessClaims, { kind: 'user' }>,
): Promise<UserActor> {
  const session = await findLiveSession(database.db, {
    sessionId: claims.sessionId,
    userId: claims.subject,
    nowMs: clock.nowMs(),
  });
  if (session === undefined || isTooOld(session, clock.nowMs())) {
    throw appError('token_invalid', { meta: { reason: 'session_ended' } });
  }
  return {
    kind: 'user',
    userId: asId<UserId>(claims.subject),
    email: session.email,
    sessionId: asId<SessionId>(claims.sessionId),
    organizationId: claims.organizationId === undefined ? undefined : asId<OrganizationId>(claims.organizationId),
    authMethod: claims.authMethod,
    isInstanceAdmin: isInstanceAdminSession(session, session),
  };
}

// The organization's current lifetime applies, so that a session that started during its change ends too.
function isTooOld(session: { user_token_expiration: string | null; authenticated_at: number }, nowMs: number): boolean {
  const { user_token_expiration: expiration, authenticated_at: authenticatedAtMs } = session;
  return expiration !== null && latestEndMs(expiration, authenticatedAtMs) <= nowMs;
}

async function authenticateMachine(
  { database, clock }: AuthenticateDeps,
  claims: MachineClaims,
  clientInfo: ClientInfo,
): Promise<MachineActor> {
  const token = await acceptMachineToken(database.db, claims, { clientInfo, nowMs: clock.nowMs() });
  if (token.num_uses_limit > 0) await database.transaction(async (tx) => useMachineToken(tx, token));
  return toActor(token);
}

function toActor(token: AcceptedToken): MachineActor {
  return {
    kind: 'identity',
    identityId: asId<MachineIdentityId>(token.identity_id),
    name: token.name,
    tokenId: token.id,
    organizationId: asId<OrganizationId>(token.organization_id),
    clientSecretId: token.client_secret_id ?? undefined,
    isInstanceAdmin: token.is_instance_admin === 1,
  };
}
