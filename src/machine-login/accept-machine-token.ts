import type { ClientInfo } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { isTrustedAddress } from '../machine-identities/trusted-ips.ts';
import type { Db, Tx } from '../storage/database.ts';
import type { AccessClaims } from '../signing-keys/access-tokens.ts';
import { countMachineTokenUse, findLiveMachineToken } from './queries.ts';

export type MachineClaims = Extract<AccessClaims, { kind: 'identity' }>;

/** A valid machine token with its identity. */
export type AcceptedToken = NonNullable<Awaited<ReturnType<typeof findLiveMachineToken>>>;

/**
 * Accepts a machine token with verified claims: it has not ended, it belongs to that identity, and the request comes
 * from a trusted IP address. This is the only place that decides this, for every endpoint with such a token.
 *
 * @throws `token_invalid`
 */
export async function acceptMachineToken(
  db: Db | Tx,
  claims: MachineClaims,
  { clientInfo, nowMs }: { clientInfo: ClientInfo; nowMs: number },
): Promise<AcceptedToken> {
  const token = await findLiveMachineToken(db, { id: claims.tokenId, nowMs });
  if (token === undefined || token.identity_id !== claims.subject) {
    throw appError('token_invalid', { meta: { reason: 'machine_token_ended' } });
  }
  if (
    token.access_token_trusted_ips !== null &&
    !isTrustedAddress(token.access_token_trusted_ips, clientInfo.ipAddress)
  ) {
    throw appError('token_invalid', { meta: { reason: 'address_not_trusted' } });
  }
  return token;
}

/**
 * Counts one use of a machine token with a usage limit.
 *
 * @throws `token_invalid` if no use is left.
 */
export async function useMachineToken(tx: Tx, { id, num_uses_limit: usesMax }: AcceptedToken): Promise<void> {
  if (usesMax > 0 && !(await countMachineTokenUse(tx, id))) {
    throw appError('token_invalid', { meta: { reason: 'no_uses_left' } });
  }
}
