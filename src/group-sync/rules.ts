import type { GroupNameMatching } from '../contract/connection-option-values.ts';
import type { Role } from '../contract/shapes.ts';
import type { GroupsClaim } from '../oidc/identity/groups-claim.ts';

export interface NamedGroup {
  readonly id: string;
  readonly name: string;
}

/** A group of the organization, and the role it gives its members. */
export interface RoleGroup extends NamedGroup {
  readonly role: Role;
}

/** A group of the member. Only memberships from the identity provider can be removed by it. */
export interface HeldGroup extends RoleGroup {
  readonly source: 'manual' | 'idp';
}

/** What a sign-in changes in the member's groups, or why it changes nothing. */
export type GroupPlan =
  | { readonly kind: 'unchanged'; readonly reason: 'absent' | 'unavailable' | 'overage' | 'malformed' }
  | {
      readonly kind: 'set';
      readonly add: readonly RoleGroup[];
      readonly remove: readonly HeldGroup[];
      /** The number of names in the claim without a group here. */
      readonly unmatched: number;
      /** The claim was missing, and the connection treats that as "no groups". */
      readonly byAbsence?: true;
      /** The group that the member kept, because only it makes the last admin an admin. */
      readonly kept?: NamedGroup;
    };

/**
 * Decides which groups a member joins and leaves. A truncated, unreadable or unavailable claim changes nothing. A
 * missing claim changes nothing either, unless the connection treats it as empty. Groups are never created.
 *
 * Only memberships from the identity provider can end here. Memberships that an admin added stay.
 *
 * A group with the role admin matches only by its exact name in the claim, including a leading `/`. At some providers
 * users create groups, and a similar name must not make them admins.
 */
export function planGroups(
  claim: GroupsClaim,
  {
    existing,
    held,
    matching,
  }: { existing: readonly RoleGroup[]; held: readonly HeldGroup[]; matching: GroupNameMatching },
): GroupPlan {
  const byAbsence = claim.state === 'absent' && claim.countsAsEmpty === true;
  if (claim.state !== 'present' && claim.state !== 'empty' && !byAbsence) {
    return { kind: 'unchanged', reason: claim.state };
  }
  const names = claimedNames(claim);
  const wanted = {
    exactly: new Set(claim.state === 'present' ? claim.names : []),
    folded: new Set(names.map((name) => fold(name, matching))),
  };
  const isNamed = ({ name, role }: RoleGroup) =>
    role === 'admin' ? wanted.exactly.has(name) : wanted.folded.has(fold(name, matching));
  const known = new Set(existing.filter(isNamed).map(({ name }) => fold(name, matching)));
  const isKnown = (name: string) => spellings(name).some((spelling) => known.has(fold(spelling, matching)));
  const heldIds = new Set(held.map((group) => group.id));
  return {
    kind: 'set',
    add: existing.filter((group) => isNamed(group) && !heldIds.has(group.id)),
    remove: held.filter((group) => group.source === 'idp' && !isNamed(group)),
    unmatched: claim.state === 'present' ? claim.names.filter((name) => !isKnown(name)).length : 0,
    ...(byAbsence ? { byAbsence } : {}),
  };
}

/** The member's role without the groups that they are about to leave. */
export interface Remaining {
  /** Whether the organization has another active admin. */
  readonly hasOtherAdmin: boolean;
  readonly ownRole: Role | undefined;
  /** The member's groups after joining the new ones and before leaving any. */
  readonly held: readonly HeldGroup[];
}

/**
 * The one group that a member keeps anyway, because it alone makes the organization's last active admin an admin. The
 * first by name if there are several.
 */
export function groupToKeep(remove: readonly HeldGroup[], remaining: Remaining): HeldGroup | undefined {
  const leaving = new Set(remove.map(({ id }) => id));
  const stays = remaining.held.filter(({ id }) => !leaving.has(id));
  const remainsAdmin = remaining.ownRole === 'admin' || stays.some(({ role }) => role === 'admin');
  if (remaining.hasOtherAdmin || remainsAdmin) return undefined;
  return remaining.held.find(({ id, role }) => leaving.has(id) && role === 'admin');
}

/** The names of a claim, each also without the leading `/` of a Keycloak path. */
export function claimedNames(claim: GroupsClaim): string[] {
  if (claim.state !== 'present') return [];
  return claim.names.flatMap(spellings);
}

function spellings(name: string): string[] {
  return name.startsWith('/') ? [name, name.slice(1)] : [name];
}

function fold(name: string, matching: GroupNameMatching): string {
  return matching === 'exact' ? name : name.toLowerCase();
}
