import { appError, type KnownError } from '../contract/errors.ts';
import { asId, type UserId } from '../contract/ids.ts';
import { mayStill } from '../organizations/granter-standing.ts';
import { findMemberRoles } from '../organizations/queries.ts';
import type { Tx } from '../storage/database.ts';
import { findKnownAccount, type findNamesake, replaceIdentity } from './queries.ts';
import { isRelinkOpen, type Namesake } from './rules.ts';
import { type Account, append, enter, identityKey, type ProvisioningDeps, type SignIn } from './sign-in.ts';

type NamesakeRow = NonNullable<Awaited<ReturnType<typeof findNamesake>>>;

/** Whether the identity of the member who has the asserted address may make way for the one that signs in. */
export async function standingOfIdentity(
  { clock }: ProvisioningDeps,
  tx: Tx,
  { signIn, namesake }: { signIn: SignIn; namesake: NamesakeRow },
): Promise<Namesake['identity']> {
  const { identity_id, issuer, relink_until_at: untilMs, relink_scope: scope } = namesake;
  const { relink_granter_kind: kind, relink_granter_id: id } = namesake;
  if (identity_id === null) return 'none';
  if (issuer === null || untilMs === null || scope === null || kind === null || id === null) return 'kept';
  const { organizationId, identity } = signIn;
  const granterMayStill = await mayStill(tx, 'edit', { organizationId, kind, id });
  const roles = await findMemberRoles(tx, organizationId, asId<UserId>(namesake.id));
  const isAdmin = roles.includes('admin');
  const permission = { untilMs, scope, issuer, granterMayStill, isAdmin };
  return isRelinkOpen(permission, { issuer: identity.issuer, nowMs: clock.nowMs() }) ? 'replaceable' : 'kept';
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
  {
    signIn,
    userId,
    email,
    replaced,
  }: { signIn: SignIn; userId: UserId; email: string; replaced: NamesakeRow | undefined },
): Promise<Account> {
  const { identity, organizationId } = signIn;
  // The row of the membership is where sign-ins of one member wait for each other.
  await enter(deps, tx, { signIn, userId });
  const by = { issuer: identity.issuer, subject: identity.subject, identity_key: identityKey(signIn) };
  const at = { identityId: replaced?.identity_id ?? '', nowMs: deps.clock.nowMs() };
  if (!(await replaceIdentity(tx, at, by))) {
    await requireStillKnown(tx, { signIn, userId });
    return { userId, email, outcome: 'known', changed: [] };
  }
  const endedSessions = await deps.endSessionsOf(tx, { userId, organizationId });
  const metadata = {
    userId,
    userEmail: identity.email,
    issuer: identity.issuer,
    previousIssuer: replaced?.issuer ?? '',
    endedSessions,
  };
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
