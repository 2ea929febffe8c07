import type { AuditedDatabase, AuditedTx } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { ClientInfo } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import type { Clock } from '../kernel/clock.ts';
import { equalsInConstantTime, sha256Hex } from '../kernel/digest.ts';
import { shareOrganization } from '../access/queries.ts';
import { networksOf } from '../http/client-networks.ts';
import { type FailuresAt, findFailures, forgetFailures, saveFailures } from './failure-queries.ts';
import { countFailure, type FailureCount, isLocked, noFailures } from './lockout.ts';
import { findIdentity, type IdentityRow } from '../machine-identities/queries.ts';
import { isTrustedAddress } from '../machine-identities/trusted-ips.ts';
import {
  type ClientSecretRow,
  findClientSecretByHash,
  findUniversalAuth,
  lockUniversalAuth,
  type UniversalAuthRow,
  useClientSecret,
} from '../machine-identities/universal-auth-queries.ts';

interface CheckDeps {
  readonly database: AuditedDatabase;
  readonly audit: AppendAudit;
  readonly clock: Clock;
}

/** A client id and a client secret from a request. */
export interface PresentedCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly clientInfo: ClientInfo;
}

/** The owner of the credentials. */
export interface AcceptedSecret {
  readonly identity: IdentityRow;
  readonly universalAuth: UniversalAuthRow;
  readonly clientSecret: ClientSecretRow;
}

/**
 * Checks a client id and a client secret, counts one use of the secret, and runs `grant` in the transaction that
 * counted it. So a grant always belongs to a secret that is valid at that time.
 *
 * The guess is checked in a separate transaction that commits before an error is thrown, so that a failure is counted.
 * A power failure may lose the count. An attacker's requests therefore do not wait for the disk, and their timing does
 * not reveal whether a client id exists.
 *
 * @throws `credentials_invalid` or `credentials_locked`.
 */
export async function withClientSecret<Granted>(
  deps: CheckDeps,
  credentials: PresentedCredentials,
  grant: (tx: AuditedTx, accepted: AcceptedSecret) => Promise<Granted>,
): Promise<Granted> {
  const guess = await deps.database.transaction((tx) => judgeGuess(deps, tx, credentials), { durability: 'relaxed' });
  if (guess.verdict === 'locked') throw appError('credentials_locked');
  if (guess.verdict !== 'right') throw appError('credentials_invalid', { meta: { reason: guess.verdict } });
  return deps.database.transaction(async (tx) => {
    // Ending the secret, its universal auth or its identity takes the organization's exclusive lock.
    const found = await findIdentity(tx, guess.identityId);
    await shareOrganization(tx, asId<OrganizationId>(found?.organization_id ?? ''));
    const identity = await findIdentity(tx, guess.identityId);
    const universalAuth = identity && (await findUniversalAuth(tx, guess.identityId));
    const isTrusted =
      universalAuth !== undefined &&
      isTrustedAddress(universalAuth.client_secret_trusted_ips, credentials.clientInfo.ipAddress);
    const nowMs = deps.clock.nowMs();
    const clientSecret = isTrusted ? await useClientSecret(tx, { id: guess.clientSecretId, nowMs }) : undefined;
    if (clientSecret === undefined || identity === undefined || universalAuth === undefined) {
      throw appError('credentials_invalid', { meta: { reason: 'unusable' } });
    }
    return grant(tx, { identity, universalAuth, clientSecret });
  });
}

/** A universal auth with the failed logins from one network. */
type GuessedAt = UniversalAuthRow & FailureCount;

type Guess =
  | { readonly verdict: 'unknown' | 'untrusted' | 'locked' | 'wrong' }
  | { readonly verdict: 'right'; readonly identityId: string; readonly clientSecretId: string };

/**
 * Checks one guess at a time per client id. The row is locked first, so that concurrent guesses are counted one after
 * another and none is compared beyond the threshold.
 *
 * Failures count for their network and lock only that network. A secret has 256 random bits and cannot be guessed from
 * many networks, and a stranger who knows the client id must not lock the machine identity out.
 *
 * A revoked, expired or used-up secret is not a guess: its owner did not invent it, and a machine that still sends it
 * must not lock out those with a new one.
 */
async function judgeGuess(
  deps: CheckDeps,
  tx: AuditedTx,
  { clientId, clientSecret, clientInfo }: PresentedCredentials,
) {
  const nowMs = deps.clock.nowMs();
  const secretHash = sha256Hex(clientSecret);
  const locked = await lockUniversalAuth(tx, clientId);
  // An unknown client id takes the same steps, which find nothing.
  const found = await findClientSecretByHash(tx, { universalAuthId: locked?.id ?? '', secretHash });
  const isRight = equalsInConstantTime(found?.secret_hash ?? '', secretHash);
  const networkHash = sha256Hex(networksOf(clientInfo.ipAddress).narrowest);
  const at = { universalAuthId: locked?.id ?? '', networkHash };
  const failures = (await findFailures(tx, at)) ?? noFailures;
  const universalAuth = locked && { ...locked, ...failures };
  const ipAddress = clientInfo.ipAddress;
  const guess = decide({ universalAuth, found: isRight ? found : undefined, nowMs, ipAddress });
  if (guess.verdict === 'right') await forgetFailures(tx, at);
  if (guess.verdict === 'wrong' || guess.verdict === 'unknown') {
    await noteFailure(deps, tx, { universalAuth, at, clientInfo, nowMs });
  }
  return guess;
}

async function noteFailure(
  deps: CheckDeps,
  tx: AuditedTx,
  {
    universalAuth,
    at,
    clientInfo,
    nowMs,
  }: { universalAuth: GuessedAt | undefined; at: FailuresAt; clientInfo: ClientInfo; nowMs: number },
): Promise<void> {
  const count = universalAuth ? countFailure(universalAuth, nowMs) : noFailures;
  await saveFailures(tx, at, { ...count, last_failed_at: nowMs });
  if (universalAuth !== undefined && count.locked_until_at !== null) {
    await auditLockout(deps, tx, { universalAuth, clientInfo });
  }
}

function decide(known: {
  universalAuth: GuessedAt | undefined;
  found: ClientSecretRow | undefined;
  nowMs: number;
  ipAddress: string;
}): Guess {
  const { universalAuth, found, nowMs, ipAddress } = known;
  if (universalAuth === undefined) return { verdict: 'unknown' };
  // Before the lock and uncounted: from outside the trusted ranges, a caller learns nothing and locks no one out.
  if (!isTrustedAddress(universalAuth.client_secret_trusted_ips, ipAddress)) return { verdict: 'untrusted' };
  if (isLocked(universalAuth, nowMs)) return { verdict: 'locked' };
  if (found === undefined) return { verdict: 'wrong' };
  return { verdict: 'right', identityId: universalAuth.identity_id, clientSecretId: found.id };
}

async function auditLockout(
  { audit }: CheckDeps,
  tx: AuditedTx,
  { universalAuth, clientInfo }: { universalAuth: UniversalAuthRow; clientInfo: ClientInfo },
): Promise<void> {
  const identity = await findIdentity(tx, universalAuth.identity_id);
  if (identity === undefined) return;
  await audit(tx, {
    organizationId: asId<OrganizationId>(identity.organization_id),
    actor: { type: 'anonymous', metadata: {} },
    event: { type: 'universal-auth-lockout', metadata: { identityId: identity.id } },
    clientInfo,
  });
}
