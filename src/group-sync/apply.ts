/** Sets a member's groups from the claim of a checked sign-in, in the transaction of that sign-in. */
import type { AppendAudit } from '../audit/append.ts';
import type { RequestOrigin } from '../contract/actor.ts';
import type { OrganizationId, UserId } from '../contract/ids.ts';
import type { GroupNameMatching } from '../contract/oidc-config.ts';
import type { Clock } from '../kernel/clock.ts';
import type { GroupsClaim } from '../oidc/groups-claim.ts';
import type { Tx } from '../storage/database.ts';
import { addToGroups, findGroups, findHeldGroups, removeFromGroups } from './queries.ts';
import { claimedNames, type GroupPlan, planGroups } from './rules.ts';

export interface GroupSync {
  readonly organizationId: OrganizationId;
  readonly userId: UserId;
  readonly userEmail: string;
  readonly claim: GroupsClaim;
  readonly matching: GroupNameMatching;
  readonly issuer: string;
  readonly origin: RequestOrigin;
}

/** Carries out what the claim says; returns what it did, or why it did nothing. */
export async function syncGroups(
  { audit, clock }: { audit: AppendAudit; clock: Clock },
  tx: Tx,
  sync: GroupSync,
): Promise<GroupPlan> {
  const { organizationId, userId, userEmail, claim, matching, issuer, origin } = sync;
  const userGroupsClaim = claimedNames(claim);
  const existing = await findGroups(tx, organizationId, matching === 'exact' ? userGroupsClaim : undefined);
  const held = await findHeldGroups(tx, organizationId, userId);
  const plan = planGroups(claim, { existing, held, matching });
  if (plan.kind === 'unchanged') return plan;
  const actor = { type: 'identity-provider', metadata: { issuer } } as const;
  const about = { userId, userEmail, userGroupsClaim };
  if (plan.add.length > 0) {
    await addToGroups(
      tx,
      plan.add.map(({ id }) => id),
      { userId, organizationId, nowMs: clock.nowMs() },
    );
    const metadata = { ...about, assignedToGroups: plan.add.map(({ id, name }) => ({ id, name })) };
    await audit(tx, {
      organizationId,
      actor,
      event: { type: 'oidc-group-membership-mapping-assign-user', metadata },
      origin,
    });
  }
  if (plan.remove.length > 0) {
    await removeFromGroups(
      tx,
      plan.remove.map(({ id }) => id),
      userId,
    );
    const metadata = { ...about, removedFromGroups: plan.remove.map(({ id, name }) => ({ id, name })) };
    await audit(tx, {
      organizationId,
      actor,
      event: { type: 'oidc-group-membership-mapping-remove-user', metadata },
      origin,
    });
  }
  return plan;
}
