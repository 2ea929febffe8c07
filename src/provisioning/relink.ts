import { appError, type KnownError } from '../contract/errors.ts';
import { asId, type UserId } from '../contract/ids.ts';
import { mayStill } from '../organizations/granter-standing.ts';
import { strongestRole } from '../organizations/permissions.ts';
import { findMemberRoles } from '../organizations/queries.ts';
import type { Tx } from '../storage/database.ts';
import { findKnownAccount, type findNamesake, replaceIdentity } from './queries.ts';
import { isRelinkOpen, type Namesake, type RelinkPermission } from './rules.ts';
import { type Account, append, enter, identityKey, type ProvisioningDeps, type SignIn } from './sign-in.ts';

type NamesakeRow = NonNullable<Awaited<ReturnType<typeof findNamesake>>>;

/** The identity that a member has, for one that signs in with their address. */
export interface HeldIdentity {
  readonly standing: Namesake['identity'];
  readonly issuer: string;
  /** Its `identity_key`. */
  readonly key: string;
  /** The permission by which it makes way. */
  readonly by?: RelinkPermission['by'];
}

/** Whether the identity of the member who has the asserted address may make way for the one that signs in. */
export async function standingOfIdentity(
  { clock }: ProvisioningDeps,
  tx: Tx,
  { signIn, namesake }: { signIn: SignIn; namesake: NamesakeRow },
): Promise<HeldIdentity> {
  const { issuer, identity_key: key } = namesake;
  if (issuer === null || key === null) return { standing: 'none', issuer: '', key: '' };
  const { organizationId, identity } = signIn;
  const permissions = permissionsOf(namesake);
  if (permissions.length === 0) return { standing: 'kept', issuer, key };
  const roles = await findMemberRoles(tx, organizationId, asId<UserId>(namesake.id));
  const isOfAdmin = strongestRole(roles) === 'admin';
  const sign = { nowMs: clock.nowMs(), isOtherIssuer: issuer !== identity.issuer, isOfAdmin };
  for (const { by, untilMs, granter } of permissions) {
    const granterMayStill = await mayStill(tx, 'edit', { organizationId, ...granter });
    if (isRelinkOpen({ by, untilMs, granterMayStill }, sign)) return { standing: 'replaceable', issuer, key, by };
  }
  return { standing: 'kept', issuer, key };
}

function permissionsOf(row: NamesakeRow) {
  const { relink_until_at: namedUntilMs, relink_granter_kind: namedKind, relink_granter_id: namedId } = row;
  const { until_at: issuerUntilMs, granter_kind: issuerKind, granter_id: issuerId } = row;
  return [
    { by: 'name', untilMs: namedUntilMs, kind: namedKind, id: namedId } as const,
    { by: 'issuer', untilMs: issuerUntilMs, kind: issuerKind, id: issuerId } as const,
  ].flatMap(({ by, untilMs, kind, id }) =>
    untilMs === null || kind === null || id === null ? [] : [{ by, untilMs, granter: { kind, id } }],
  );
}

/**
 * Puts the identity that signs in into the place of the one that a member had, and ends the sessions of that one. The
 * permission is used up by it.
 *
 * Several sign-ins may come at once. One of them replaces; the others find the member known by their identity, or by
 * that of somebody else who was faster, and then they are refused.
 *
 * @throws `member_inactive` or `account_link_required`.
 */
export async function relink(
  deps: ProvisioningDeps,
  tx: Tx,
  { signIn, userId, email, held }: { signIn: SignIn; userId: UserId; email: string; held: HeldIdentity | undefined },
): Promise<Account> {
  const { identity, organizationId } = signIn;
  // The row of the membership is where sign-ins of one member wait for each other.
  await enter(deps, tx, { signIn, userId });
  const by = { issuer: identity.issuer, subject: identity.subject, identity_key: identityKey(signIn) };
  const at = { identityKey: held?.key ?? '', by: held?.by, nowMs: deps.clock.nowMs() };
  if (!(await replaceIdentity(tx, at, by))) {
    await requireStillKnown(tx, { signIn, userId });
    return { userId, email, outcome: 'known', changed: [] };
  }
  const endedSessions = await deps.endSessionsOf(tx, { userId, organizationId });
  const issuers = { issuer: identity.issuer, previousIssuer: held?.issuer ?? '' };
  const metadata = { userId, userEmail: identity.email, ...issuers, endedSessions };
  await append(deps, tx, { signIn, event: { type: 'user-relink', metadata } });
  return { userId, email, outcome: 'relinked', changed: [] };
}

/**
 * For a sign-in by an identity that may be let go of: after the member's row was waited for, it must still be theirs.
 * Otherwise its session would begin just after the others of that identity were ended.
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
