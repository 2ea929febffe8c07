import type { AppendAudit } from '../audit/append.ts';
import type { RequestOrigin } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import type { MachineToken } from '../contract/identities.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { Database, Tx } from '../storage/database.ts';
import type { AccessTokens } from './access-tokens.ts';
import { extendMachineToken, findLiveMachineToken, insertMachineToken, revokeMachineToken } from './queries.ts';

interface MachineTokensDeps {
  readonly database: Database;
  readonly accessTokens: AccessTokens;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly random: Random;
}

/** Whom a new machine token is for and how long it and its renewals may last; 0 as the longest life means no end. */
export interface NewMachineToken {
  readonly identityId: string;
  readonly organizationId: string;
  readonly clientSecretId: string | undefined;
  readonly ttlSeconds: number;
  readonly maxTtlSeconds: number;
  readonly numUsesLimit: number;
}

/** Records a new machine token; the returned id is what the signed token will carry. */
export async function recordMachineToken(
  { clock, random }: Pick<MachineTokensDeps, 'clock' | 'random'>,
  tx: Tx,
  token: NewMachineToken,
): Promise<string> {
  const nowMs = clock.nowMs();
  const id = random.uuidOfNow();
  await insertMachineToken(tx, {
    id,
    identity_id: token.identityId,
    client_secret_id: token.clientSecretId ?? null,
    ttl_seconds: token.ttlSeconds,
    max_ttl_seconds: token.maxTtlSeconds,
    num_uses: 0,
    num_uses_limit: token.numUsesLimit,
    created_at: nowMs,
    renewed_at: null,
    expires_at: nowMs + token.ttlSeconds * 1000,
    is_revoked: 0,
  });
  return id;
}

/** The wire form of a machine token that was recorded under `tokenId`. */
export function signMachineToken(
  accessTokens: AccessTokens,
  tokenId: string,
  { identityId, organizationId, ttlSeconds, maxTtlSeconds }: NewMachineToken,
): MachineToken {
  const claims = { kind: 'identity', subject: identityId, tokenId, organizationId } as const;
  const accessToken = accessTokens.sign(claims, ttlSeconds);
  return { accessToken, expiresIn: ttlSeconds, accessTokenMaxTTL: maxTtlSeconds, tokenType: 'Bearer' };
}

/**
 * Gives a machine token a new life, never beyond its longest.
 *
 * @throws `token_invalid`
 */
export async function renewMachineToken(
  deps: MachineTokensDeps,
  accessToken: string,
  origin: RequestOrigin,
): Promise<MachineToken> {
  const token = await findPresented(deps, accessToken);
  const nowMs = deps.clock.nowMs();
  const endMs = token.max_ttl_seconds === 0 ? Infinity : token.created_at + token.max_ttl_seconds * 1000;
  const expiresAt = Math.min(nowMs + token.ttl_seconds * 1000, endMs);
  const ttlSeconds = Math.floor((expiresAt - nowMs) / 1000);
  if (ttlSeconds <= 0) throw appError('token_invalid', { meta: { reason: 'longest life reached' } });
  await deps.database.transaction(async (tx) => {
    await extendMachineToken(tx, token.id, { renewedAt: nowMs, expiresAt });
    await deps.audit(tx, entry(token, 'machine-token-renew', origin));
  });
  return signMachineToken(deps.accessTokens, token.id, {
    identityId: token.identity_id,
    organizationId: token.organization_id,
    clientSecretId: token.client_secret_id ?? undefined,
    ttlSeconds,
    maxTtlSeconds: token.max_ttl_seconds,
    numUsesLimit: token.num_uses_limit,
  });
}

/**
 * Ends a machine token.
 *
 * @throws `token_invalid` when it has ended already.
 */
export async function endMachineToken(
  deps: MachineTokensDeps,
  accessToken: string,
  origin: RequestOrigin,
): Promise<void> {
  const token = await findPresented(deps, accessToken);
  await deps.database.transaction(async (tx) => {
    if (await revokeMachineToken(tx, token.id)) await deps.audit(tx, entry(token, 'machine-token-revoke', origin));
  });
}

async function findPresented({ database, accessTokens, clock }: MachineTokensDeps, accessToken: string) {
  const claims = await accessTokens.verify(accessToken);
  if (claims.kind !== 'identity') throw appError('token_invalid', { meta: { reason: "a user's token" } });
  const token = await findLiveMachineToken(database.db, { id: claims.tokenId, nowMs: clock.nowMs() });
  if (token === undefined) throw appError('token_invalid', { meta: { reason: 'machine token ended' } });
  return token;
}

function entry(
  token: { id: string; identity_id: string; name: string; organization_id: string },
  type: 'machine-token-renew' | 'machine-token-revoke',
  origin: RequestOrigin,
) {
  return {
    organizationId: asId<OrganizationId>(token.organization_id),
    actor: { type: 'identity', metadata: { identityId: token.identity_id, name: token.name } },
    event: { type, metadata: { identityId: token.identity_id, tokenId: token.id } },
    origin,
  } as const;
}
