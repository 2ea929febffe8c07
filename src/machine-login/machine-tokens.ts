import type { AuditedDatabase, AuditedTx } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { ClientInfo } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import type { MachineToken } from '../contract/identities.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import { shareOrganization } from '../access/queries.ts';
import type { Tx } from '../storage/database.ts';
import type { AccessTokens } from '../signing-keys/access-tokens.ts';
import { type AcceptedToken, acceptMachineToken, useMachineToken } from './accept-machine-token.ts';
import { extendMachineToken, insertMachineToken, revokeMachineToken } from './queries.ts';

interface MachineTokensDeps {
  readonly database: AuditedDatabase;
  readonly accessTokens: AccessTokens;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * The identity of a new machine token, and the lifetime of the token and its renewals. 0 as the maximum lifetime means
 * no maximum.
 */
export interface NewMachineToken {
  readonly identityId: string;
  readonly organizationId: string;
  readonly clientSecretId: string | undefined;
  readonly ttlSeconds: number;
  readonly maxTtlSeconds: number;
  readonly numUsesLimit: number;
}

/** Records a new machine token; the signed token contains the returned id. */
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
 * Renews a machine token, up to its maximum lifetime. The token is accepted in the transaction that extends it, by the
 * same rules as for a request, and one of its uses is counted.
 *
 * @throws `token_invalid`
 */
export async function renewMachineToken(
  deps: MachineTokensDeps,
  accessToken: string,
  clientInfo: ClientInfo,
): Promise<MachineToken> {
  return withPresented(deps, { accessToken, clientInfo }, async (tx, token) => {
    const nowMs = deps.clock.nowMs();
    const endMs = token.max_ttl_seconds === 0 ? Infinity : token.created_at + token.max_ttl_seconds * 1000;
    const expiresAt = Math.min(nowMs + token.ttl_seconds * 1000, endMs);
    const ttlSeconds = Math.floor((expiresAt - nowMs) / 1000);
    if (ttlSeconds <= 0) throw appError('token_invalid', { meta: { reason: 'machine_token_expired' } });
    const isExtended = await extendMachineToken(tx, token.id, { renewedAt: nowMs, expiresAt });
    if (!isExtended) throw appError('token_invalid', { meta: { reason: 'revoked_during_request' } });
    await deps.audit(tx, entry(token, 'machine-token-renew', clientInfo));
    return signMachineToken(deps.accessTokens, token.id, {
      identityId: token.identity_id,
      organizationId: token.organization_id,
      clientSecretId: token.client_secret_id ?? undefined,
      ttlSeconds,
      maxTtlSeconds: token.max_ttl_seconds,
      numUsesLimit: token.num_uses_limit,
    });
  });
}

/**
 * Ends a machine token.
 *
 * @throws `token_invalid` if it has ended, or would not be accepted for a request.
 */
export async function endMachineToken(
  deps: MachineTokensDeps,
  accessToken: string,
  clientInfo: ClientInfo,
): Promise<void> {
  await withPresented(deps, { accessToken, clientInfo }, async (tx, token) => {
    if (await revokeMachineToken(tx, token.id)) await deps.audit(tx, entry(token, 'machine-token-revoke', clientInfo));
  });
}

/**
 * Accepts a token in a request's body and acts on it in the same transaction. Its identity, its client secret and the
 * trusted IP addresses change only under the organization's exclusive lock.
 */
async function withPresented<Result>(
  { database, accessTokens, clock }: MachineTokensDeps,
  { accessToken, clientInfo }: { accessToken: string; clientInfo: ClientInfo },
  act: (tx: AuditedTx, token: AcceptedToken) => Promise<Result>,
): Promise<Result> {
  const claims = await accessTokens.verify(accessToken);
  if (claims.kind !== 'identity') throw appError('token_invalid', { meta: { reason: 'user_token' } });
  return database.transaction(async (tx) => {
    await shareOrganization(tx, asId<OrganizationId>(claims.organizationId));
    const token = await acceptMachineToken(tx, claims, { clientInfo, nowMs: clock.nowMs() });
    await useMachineToken(tx, token);
    return act(tx, token);
  });
}

function entry(
  token: { id: string; identity_id: string; name: string; organization_id: string },
  type: 'machine-token-renew' | 'machine-token-revoke',
  clientInfo: ClientInfo,
) {
  return {
    organizationId: asId<OrganizationId>(token.organization_id),
    actor: { type: 'identity', metadata: { identityId: token.identity_id, name: token.name } },
    event: { type, metadata: { identityId: token.identity_id, tokenId: token.id } },
    clientInfo,
  } as const;
}
