/** Sets a member's groups from the groups claim of a verified sign-in, in the transaction of the sign-in. */
import type { AuditedTx } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { AuditEvent } from '../audit/events.ts';
import type { ClientInfo } from '../contract/actor.ts';
import type { OrganizationId, UserId } from '../contract/ids.ts';
import type { GroupNameMatching } from '../contract/connection-option-values.ts';
import type { Clock } from '../kernel/clock.ts';
import type { GroupsClaim } from '../oidc/identity/groups-claim.ts';
import { hasAdmin } from '../access/admin-queries.ts';
import { lockAdmins } from '../access/queries.ts';
import type { Tx } from '../storage/database.ts';
import { addToGroups, findGroups, findHeldGroups, findOwnRole, removeFromGroups } from './queries.ts';
import {
  claimedNames,
  type GroupPlan,
  groupToKeep,
  type HeldGroup,
  type NamedGroup,
  planGroups,
  type RoleGroup,
} from './rules.ts';

export interface GroupSync {
  readonly organizationId: OrganizationId;
  readonly userId: UserId;
  readonly userEmail: string;
  readonly claim: GroupsClaim;
  readonly matching: GroupNameMatching;
  readonly issuer: string;
  readonly clientInfo: ClientInfo;
}

interface SyncDeps {
  readonly audit: AppendAudit;
  readonly clock: Clock;
}

/**
 * Applies the claim and returns the result, or the reason why nothing changed. The organization's last active admin
 * stays in one admin group, whatever the claim says, because no one else could repair the loss.
 */
export async function syncGroups(deps: SyncDeps, tx: AuditedTx, sync: GroupSync): Promise<GroupPlan> {
  const { organizationId, userId, claim, matching } = sync;
  const names = claimedNames(claim);
  const existing = await findGroups(tx, organizationId, matching === 'exact' ? names : undefined);
  const held = await findHeldGroups(tx, organizationId, userId);
  const plan = planGroups(claim, { existing, held, matching });
  if (plan.kind === 'unchanged') return plan;
  if (plan.add.length > 0) {
    await addToGroups(tx, idsOf(plan.add), { userId, organizationId, nowMs: deps.clock.nowMs() });
    await append(deps, tx, {
      sync,
      describe: (about) => ({
        type: 'oidc-group-membership-mapping-assign-user',
        metadata: { ...about, assignedToGroups: toNames(plan.add) },
      }),
    });
  }
  const kept = await findGroupToKeep(tx, sync, plan.remove);
  const remove = plan.remove.filter(({ id }) => id !== kept?.id);
  if (kept !== undefined) {
    await append(deps, tx, {
      sync,
      describe: (about) => ({
        type: 'oidc-group-membership-mapping-keep-last-admin',
        metadata: { ...about, keptInGroup: { id: kept.id, name: kept.name } },
      }),
    });
  }
  if (remove.length > 0) {
    await removeFromGroups(tx, idsOf(remove), userId);
    await append(deps, tx, {
      sync,
      describe: (about) => ({
        type: 'oidc-group-membership-mapping-remove-user',
        metadata: { ...about, removedFromGroups: toNames(remove) },
      }),
    });
  }
  return { ...plan, remove, ...(kept === undefined ? {} : { kept }) };
}

// Sign-ins of one organization wait for each other only if one of them removes a membership.
async function findGroupToKeep(
  tx: Tx,
  { organizationId, userId }: GroupSync,
  remove: readonly HeldGroup[],
): Promise<HeldGroup | undefined> {
  if (remove.length === 0) return undefined;
  await lockAdmins(tx, organizationId);
  const ownRole = await findOwnRole(tx, organizationId, userId);
  // Read again, because the role of a group may have changed before the lock.
  const held = await findHeldGroups(tx, organizationId, userId);
  const hasOtherAdmin = await hasAdmin(tx, organizationId, { besides: userId });
  return groupToKeep(remove, { hasOtherAdmin, ownRole, held });
}

/** The fields of every synchronisation event. */
interface About {
  readonly userId: UserId;
  readonly userEmail: string;
  readonly userGroupsClaim: readonly string[];
  readonly groupsClaim: GroupsClaim['state'];
}

async function append(
  { audit }: SyncDeps,
  tx: AuditedTx,
  { sync, describe }: { sync: GroupSync; describe: (about: About) => AuditEvent },
): Promise<void> {
  const { organizationId, userId, userEmail, claim, issuer, clientInfo } = sync;
  const userGroupsClaim = claim.state === 'present' ? claim.names : [];
  const event = describe({ userId, userEmail, userGroupsClaim, groupsClaim: claim.state });
  await audit(tx, { organizationId, actor: { type: 'identity-provider', metadata: { issuer } }, event, clientInfo });
}

function idsOf(groups: readonly NamedGroup[]): string[] {
  return groups.map(({ id }) => id);
}

// Admin groups come first, so that a truncated list in the audit trail still names them.
function toNames(groups: readonly RoleGroup[]): { id: string; name: string }[] {
  const adminsFirst = groups.toSorted((a, b) => Number(b.role === 'admin') - Number(a.role === 'admin'));
  return adminsFirst.map(({ id, name }) => ({ id, name }));
}
