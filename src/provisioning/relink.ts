import type { AuditedTx } from '../audit/audited-database.ts';
import { appError, type KnownError } from '../contract/errors.ts';
import { asId, type UserId } from '../contract/ids.ts';
import { mayStill } from '../access/granter-status.ts';
import { strongestRole } from '../access/permissions.ts';
import { findMemberRoles } from '../access/queries.ts';
import { endGrants } from '../grants/end-grants.ts';
import type { Tx } from '../storage/database.ts';
import { findKnownAccount, type findNamesake, replaceIdentity } from './queries.ts';
import { isRelinkOpen, type Namesake, type RelinkPermission } from './rules.ts';
import { type Account, append, enter, identityKey, type ProvisioningDeps, type SignIn } from './sign-in.ts';

type NamesakeRow = NonNullable<Awaited<ReturnType<typeof findNamesake>>>;

/** A member's linked identity, for a sign-in with their address. */
export interface HeldIdentity {
  readonly standing: Namesake['identity'];
  readonly issuer: string;
  /** Its `identity_key`. */
  readonly key: string;
  /** Since when it is linked, in milliseconds. */
  readonly sinceMs: number;
  /** The permission to relink. */
  readonly by?: RelinkPermission['by'];
  readonly keepsMachineAccess?: boolean;
}

/** Whether the identity that signs in may replace the linked identity of the member with the asserted address. */
export async function standingOfIdentity(
  { clock }: ProvisioningDeps,
  tx: Tx,
  { signIn, namesake }: { signIn: SignIn; namesake: NamesakeRow },
): Promise<HeldIdentity> {
  const { issuer, identity_key: key } = namesake;
  const sinceMs = namesake.identity_created_at ?? 0;
  if (issuer === null || key === null) return { standing: 'none', issuer: '', key: '', sinceMs };
  const { organizationId, identity } = signIn;
  const permissions = permissionsOf(namesake);
  if (permissions.length === 0) return { standing: 'kept', issuer, key, sinceMs };
  const roles = await findMemberRoles(tx, organizationId, asId<UserId>(namesake.id));
  const isOfAdmin = strongestRole(roles) === 'admin';
  const sign = { nowMs: clock.nowMs(), isOtherIssuer: issuer !== identity.issuer, isOfAdmin };
  for (const { by, untilMs, granter, keepsMachineAccess } of permissions) {
    const granterMayStill = await mayStill(tx, 'edit', { organizationId, ...granter });
    if (isRelinkOpen({ by, untilMs, granterMayStill }, sign)) {
      return { standing: 'replaceable', issuer, key, sinceMs, by, keepsMachineAccess };
    }
  }
  return { standing: 'kept', issuer, key, sinceMs };
}

function permissionsOf(row: NamesakeRow) {
  const named = { kind: row.relink_granter_kind, id: row.relink_granter_id, proof: row.relink_granter_proof };
  const ofIssuer = { kind: row.granter_kind, id: row.granter_id, proof: row.granter_proof };
  return [
    { by: 'name', untilMs: row.relink_until_at, keeps: row.relink_keeps_machine_access, ...named } as const,
    { by: 'issuer', untilMs: row.until_at, keeps: row.keeps_machine_access, ...ofIssuer } as const,
  ].flatMap(({ by, untilMs, keeps, kind, id, proof }) =>
    untilMs === null || kind === null || id === null
      ? []
      : [{ by, untilMs, keepsMachineAccess: keeps === 1, granter: { kind, id, proof } }],
  );
}

/**
 * Replaces a member's linked identity by the one that signs in, and ends everything that was given with the old one,
 * because an attacker may have had the account. It uses the permission up.
 *
 * Of concurrent sign-ins, one replaces the identity. The others find the member linked to their identity, or to the
 * identity of another user, and are refused then.
 *
 * @throws `member_inactive` or `account_link_required`.
 */
export async function relink(
  deps: ProvisioningDeps,
  tx: AuditedTx,
  { signIn, userId, email, held }: { signIn: SignIn; userId: UserId; email: string; held: HeldIdentity | undefined },
): Promise<Account> {
  const { identity, organizationId } = signIn;
  // Concurrent sign-ins of one member wait for the row of the membership.
  await enter(deps, tx, { signIn, userId });
  const by = { issuer: identity.issuer, subject: identity.subject, identity_key: identityKey(signIn) };
  const at = { identityKey: held?.key ?? '', by: held?.by, nowMs: deps.clock.nowMs() };
  if (!(await replaceIdentity(tx, at, by))) {
    await requireStillKnown(tx, { signIn, userId });
    return { userId, email, outcome: 'known', changed: [] };
  }
  const { keepsMachineAccess = false, sinceMs = 0 } = held ?? {};
  const machineAccess = keepsMachineAccess ? 'kept' : { endedSinceMs: sinceMs };
  const ending = { userId, organizationId, reason: 'identity_relinked', machineAccess } as const;
  const { sessions: endedSessions, ...endedGrants } = await endGrants(deps, tx, ending);
  const issuers = { issuer: identity.issuer, previousIssuer: held?.issuer ?? '' };
  const metadata = { userId, userEmail: identity.email, ...issuers, endedSessions, endedGrants };
  await append(deps, tx, { signIn, event: { type: 'user-relink', metadata } });
  return { userId, email, outcome: 'relinked', changed: [] };
}

/**
 * For a sign-in by an identity that may be replaced: after waiting for the member's row, it must still be linked.
 * Otherwise its session would start just after the sessions of that identity ended.
 *
 * @throws `account_link_required`
 */
export async function requireStillKnown(tx: Tx, { signIn, userId }: { signIn: SignIn; userId: UserId }): Promise<void> {
  const known = await findKnownAccount(tx, identityKey(signIn));
  if (known === undefined || asId<UserId>(known.id) !== userId) throw otherIdentity(signIn);
}

function otherIdentity({ identity }: SignIn): KnownError {
  const { domain } = identity.emailAddress;
  return appError('account_link_required', { meta: { step: 'provisioning', reason: 'other_identity', domain } });
}
