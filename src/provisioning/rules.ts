import type { SkippedAddress } from '../contract/audit-reasons.ts';
import type { ProvisioningRefusal, ProvisioningRefusalCode } from '../contract/error-meta.ts';
import type { UserId } from '../contract/ids.ts';
import type { ProvisioningPolicy } from '../contract/organizations.ts';

/** What a verified sign-in says about the user, as far as provisioning needs it. */
export interface AssertedPerson {
  readonly emailKey: string;
  readonly emailVerified: 'yes' | 'no' | 'unknown';
  readonly firstName: string;
  readonly lastName: string;
}

/** An account that is known by its identity: this issuer and subject have signed in to this organization before. */
export interface KnownAccount {
  readonly userId: UserId;
  readonly emailKey: string;
  readonly firstName: string;
  readonly lastName: string;
  /** Whether they are an instance admin, whose address and name go with their password. */
  readonly isInstanceAdmin: boolean;
  /** `none`: the membership was removed. */
  readonly membership: 'active' | 'inactive' | 'none';
}

/** The member of this organization with the asserted address, if the identity itself is unknown. */
export interface Namesake {
  readonly userId: UserId;
  readonly isActive: boolean;
  /**
   * Whether the member has a linked identity; `replaceable` while an admin's permission allows this identity to replace
   * it.
   */
  readonly identity: 'none' | 'kept' | 'replaceable';
}

/** An admin's permission to replace a member's linked identity. */
export interface RelinkPermission {
  /** `name`: for this member. `issuer`: for every member with an identity of the same issuer. */
  readonly by: 'name' | 'issuer';
  readonly untilMs: number;
  /** Whether the admin who gave it may still change members. */
  readonly granterMayStill: boolean;
}

/** Whether a permission allows one identity to replace another. */
export function isRelinkOpen(
  { by, untilMs, granterMayStill }: RelinkPermission,
  sign: { readonly nowMs: number; readonly isOtherIssuer: boolean; readonly isOfAdmin: boolean },
): boolean {
  if (!granterMayStill || untilMs <= sign.nowMs) return false;
  return by === 'name' || (sign.isOtherIssuer && !sign.isOfAdmin);
}

/**
 * The invitation of this sign-in. `fits`: one is open for exactly the asserted address, and the user opened its link or
 * has a trusted address. The other values describe a link that was opened: it is for another address, or it has ended.
 */
export type InvitationFinding = 'none' | 'fits' | 'other-address' | 'over';

/** Everything that the decision depends on. */
export interface ProvisioningState {
  readonly person: AssertedPerson;
  /** Whether the connection allows the address's domain. */
  readonly domainIsAllowed: boolean;
  /** Whether this organization owns the address's domain. */
  readonly domainIsOwned: boolean;
  readonly policy: ProvisioningPolicy;
  readonly invitation: InvitationFinding;
  readonly known: KnownAccount | undefined;
  readonly namesake: Namesake | undefined;
}

export type ProfileField = 'email' | 'firstName' | 'lastName';

export type ProvisioningPlan =
  | { readonly kind: 'refuse'; readonly code: ProvisioningRefusalCode; readonly reason?: ProvisioningRefusal }
  | {
      readonly kind: 'sign-in';
      readonly userId: UserId;
      readonly profile: readonly ProfileField[];
      readonly addressHeld?: SkippedAddress;
    }
  | { readonly kind: 'link'; readonly userId: UserId }
  /** Like `link`, and the member's earlier identity is replaced. */
  | { readonly kind: 'relink'; readonly userId: UserId }
  /** An account whose membership was removed gets a new one. */
  | { readonly kind: 'rejoin'; readonly userId: UserId; readonly keepsAddress?: true }
  | { readonly kind: 'provision' };

/**
 * Decides which account a user signs in to. A user is identified by organization, issuer and subject. An address links
 * accounts only within the organization, only if the organization owns the domain and the provider does not call the
 * address unverified, and only to an account without a linked identity (OpenID Connect Core, section 5.7) or with an
 * admin's permission to relink. The organization's policy decides whether a new user gets an account.
 */
export function planProvisioning(state: ProvisioningState): ProvisioningPlan {
  if (!state.domainIsAllowed) return refuse('email_domain_not_allowed');
  if (state.invitation === 'other-address') return refuse('invitation_address_mismatch');
  if (state.known !== undefined) return planKnown(state.known, state);
  if (state.namesake !== undefined) return planNamesake(state.namesake, state);
  const obstacle = obstacleToJoining(state);
  return obstacle === undefined ? { kind: 'provision' } : refuse(obstacle);
}

/**
 * Whether an address identifies its owner in this organization: it owns the domain, and the provider does not call the
 * address unverified.
 */
export function isAddressTrusted({
  domainIsOwned,
  person,
}: Pick<ProvisioningState, 'domainIsOwned' | 'person'>): boolean {
  return domainIsOwned && person.emailVerified !== 'no';
}

function refuse(code: ProvisioningRefusalCode, reason?: ProvisioningRefusal): ProvisioningPlan {
  return reason === undefined ? { kind: 'refuse', code } : { kind: 'refuse', code, reason };
}

// A sign-in does not restore a membership that an admin removed, unless an admin has invited the address since. Only an
// admin can reactivate a deactivated one.
function planKnown(known: KnownAccount, state: ProvisioningState): ProvisioningPlan {
  if (known.membership === 'none' && state.invitation === 'fits') return planRejoin(known, state);
  if (known.membership === 'none') return refuse('member_inactive', 'membership_removed');
  if (known.membership === 'inactive') return refuse('member_inactive', 'membership_inactive');
  return { kind: 'sign-in', userId: known.userId, ...changedProfile(known, state) };
}

function planRejoin(known: KnownAccount, state: ProvisioningState): ProvisioningPlan {
  if (state.namesake !== undefined) return refuse('account_link_required', 'other_identity');
  const obstacle = obstacleToJoining(state);
  if (obstacle !== undefined) return refuse(obstacle);
  const { userId, isInstanceAdmin } = known;
  return isInstanceAdmin ? { kind: 'rejoin', userId, keepsAddress: true } : { kind: 'rejoin', userId };
}

// The profile is updated if the organization owns the domain of the asserted address, and the address only if no other
// member has it. An organization cannot change the address of an instance admin, who signs in with it and a password.
function changedProfile(
  known: KnownAccount,
  state: ProvisioningState,
): { profile: ProfileField[]; addressHeld?: SkippedAddress } {
  const { person, domainIsOwned } = state;
  const profile: ProfileField[] = [];
  const addressHeld = known.emailKey === person.emailKey ? undefined : obstacleToAddress(state);
  if (known.isInstanceAdmin) return addressHeld === undefined ? { profile } : { profile, addressHeld };
  if (known.emailKey !== person.emailKey && addressHeld === undefined) profile.push('email');
  if (domainIsOwned && known.firstName !== person.firstName) profile.push('firstName');
  if (domainIsOwned && known.lastName !== person.lastName) profile.push('lastName');
  return addressHeld === undefined ? { profile } : { profile, addressHeld };
}

function obstacleToAddress({ person, domainIsOwned, namesake, known }: ProvisioningState): SkippedAddress | undefined {
  if (known?.isInstanceAdmin === true) return 'instance_admin';
  if (!domainIsOwned) return 'domain_not_verified';
  if (person.emailVerified === 'no') return 'address_not_verified';
  return namesake === undefined ? undefined : 'taken';
}

function planNamesake(namesake: Namesake, state: ProvisioningState): ProvisioningPlan {
  if (namesake.identity === 'kept') return refuse('account_link_required', 'other_identity');
  if (!state.domainIsOwned) return refuse('account_link_required', 'domain_not_verified');
  if (!isAddressTrusted(state)) return refuse('account_link_required', 'address_not_verified');
  if (!namesake.isActive) return refuse('member_inactive', 'membership_inactive');
  return { kind: namesake.identity === 'replaceable' ? 'relink' : 'link', userId: namesake.userId };
}

// A user who opened the link of an ended invitation expected that invitation, whatever the policy is.
function obstacleToJoining({
  policy,
  invitation,
  domainIsOwned,
  person,
}: ProvisioningState): ProvisioningRefusalCode | undefined {
  if (invitation === 'over') return 'invitation_not_open';
  switch (policy) {
    case 'just-in-time':
      return undefined;
    case 'invited-only':
      return invitation === 'fits' ? undefined : 'invitation_required';
    case 'deny-unverified-domain':
      if (!domainIsOwned) return 'email_domain_not_verified';
      return person.emailVerified === 'no' ? 'email_not_verified' : undefined;
    default:
      return policy satisfies never;
  }
}
