import type { GroupNameMatching } from '../contract/connection-option-values.ts';
import type { Role } from '../contract/shapes.ts';
import type { GroupsClaim } from '../oidc/identity/groups-claim.ts';

export interface NamedGroup {
  readonly id: string;
  readonly name: string;
}

/** A group of the organization, and the role that its members have by it. */
export interface RoleGroup extends NamedGroup {
  readonly role: Role;
}

/** A group that the member belongs to; only what the identity provider made may the identity provider undo. */
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
      /** How many of the claim's names this organization has no group for. */
      readonly unmatched: number;
      /** There was no claim, and the connection says that this means no groups. */
      readonly byAbsence?: true;
      /** The group that was not left after all, because it alone makes the last admin one. */
      readonly kept?: NamedGroup;
    };

/**
 * Decides which groups a member joins and leaves. A claim that is cut short, unreadable or could not be had changes
 * nothing. Neither does an absent one, unless the connection says that it counts as empty. Groups are never created.
 *
 * Only memberships that the identity provider gave can end here. Those that an admin gave stay.
 *
 * A group with the role admin is matched only by its exact name as the claim has it, with any leading `/`, whatever the
 * matching. At some providers members create groups themselves, and a name that only resembles the group's name must not
 * make them admins.
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

/** What the member is without the groups that they are about to leave. */
export interface Remaining {
  /** Whether anybody else is an active admin of the organization. */
  readonly hasOtherAdmin: boolean;
  readonly ownRole: Role | undefined;
  /** The groups that they are in, before they leave any and after they joined the new ones. */
  readonly held: readonly HeldGroup[];
}

/**
 * The one group of those that a member is about to leave that they stay in anyway, because it alone makes the
 * organization's last active admin an admin; the first by name where several do.
 */
export function groupToKeep(remove: readonly HeldGroup[], remaining: Remaining): HeldGroup | undefined {
  const leaving = new Set(remove.map(({ id }) => id));
  const stays = remaining.held.filter(({ id }) => !leaving.has(id));
  const remainsAdmin = remaining.ownRole === 'admin' || stays.some(({ role }) => role === 'admin');
  if (remaining.hasOtherAdmin || remainsAdmin) return undefined;
  return remaining.held.find(({ id, role }) => leaving.has(id) && role === 'admin');
}

/** The names of a claim, each also without the `/` that a path begins with in Keycloak. */
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
