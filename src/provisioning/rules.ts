import type { SkippedAddress } from '../contract/audit-reasons.ts';
import type { ProvisioningRefusal, ProvisioningRefusalCode } from '../contract/error-meta.ts';
import type { UserId } from '../contract/ids.ts';
import type { ProvisioningPolicy } from '../contract/organizations.ts';

/** What a checked sign-in says of the person, as far as provisioning asks. */
export interface AssertedPerson {
  readonly emailKey: string;
  readonly emailVerified: 'yes' | 'no' | 'unknown';
  readonly firstName: string;
  readonly lastName: string;
}

/** An account that is known by its identity: the issuer and subject have signed in to this organization before. */
export interface KnownAccount {
  readonly userId: UserId;
  readonly emailKey: string;
  readonly firstName: string;
  readonly lastName: string;
  /** Administers the server: their address and name are the server's, and go with their password. */
  readonly isInstanceAdmin: boolean;
  /** `none`: the membership was removed since. */
  readonly membership: 'active' | 'inactive' | 'none';
}

/** The member of this organization who has the asserted address, when the identity itself is not known. */
export interface Namesake {
  readonly userId: UserId;
  readonly isActive: boolean;
  /**
   * Whether somebody signs in through this organization's identity provider as them already; `replaceable` while an
   * admin's permission stands that this sign-in's identity takes that one's place.
   */
  readonly identity: 'none' | 'kept' | 'replaceable';
}

/** An admin's permission that another identity takes the place of the one that a member has. */
export interface RelinkPermission {
  /** `name`: for this member. `issuer`: for everybody whose identity is of the same issuer. */
  readonly by: 'name' | 'issuer';
  readonly untilMs: number;
  /** Whether whoever gave it may still change members. */
  readonly granterMayStill: boolean;
}

/** Whether a permission lets an identity take the place of another one. */
export function isRelinkOpen(
  { by, untilMs, granterMayStill }: RelinkPermission,
  sign: { readonly nowMs: number; readonly isOtherIssuer: boolean; readonly isOfAdmin: boolean },
): boolean {
  if (!granterMayStill || untilMs <= sign.nowMs) return false;
  return by === 'name' || (sign.isOtherIssuer && !sign.isOfAdmin);
}

/**
 * What an invitation says for this sign-in. `fits`: one is open for exactly the asserted address, and the person came
 * by its link or has an address that is trusted. Of one whose link was opened otherwise: it is for another address, or
 * it does not stand any more.
 */
export type InvitationFinding = 'none' | 'fits' | 'other-address' | 'over';

/** All that the decision rests on. */
export interface ProvisioningState {
  readonly person: AssertedPerson;
  /** Whether the configuration lets the address's domain in. */
  readonly domainIsAllowed: boolean;
  /** Whether this organization has proved that it owns the address's domain. */
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
  /** As `link`, and the identity that the member had is gone. */
  | { readonly kind: 'relink'; readonly userId: UserId }
  /** An account whose membership was removed gets a new one. */
  | { readonly kind: 'rejoin'; readonly userId: UserId; readonly keepsAddress?: true }
  | { readonly kind: 'provision' };

/**
 * Decides as whom somebody signs in. The identity (organization, issuer, subject) decides; an address links accounts
 * only within the organization, only when it has proved that it owns the domain and the provider does not call the
 * address unverified, and only to an account that nobody signs in to through the identity provider yet (OpenID Connect
 * Core, section 5.7), or of which an admin has let the identity go. Whether somebody who has no account gets one is the organization's policy.
 */
export function planProvisioning(state: ProvisioningState): ProvisioningPlan {
  if (!state.domainIsAllowed) return refuse('email_domain_not_allowed');
  if (state.invitation === 'other-address') return refuse('invitation_address_mismatch');
  if (state.known !== undefined) return planKnown(state.known, state);
  if (state.namesake !== undefined) return planNamesake(state.namesake, state);
  const obstacle = obstacleToJoining(state);
  return obstacle === undefined ? { kind: 'provision' } : refuse(obstacle);
}

/** Whether an address stands for its owner in this organization: it owns the domain, and nobody calls it unverified. */
export function isAddressTrusted({
  domainIsOwned,
  person,
}: Pick<ProvisioningState, 'domainIsOwned' | 'person'>): boolean {
  return domainIsOwned && person.emailVerified !== 'no';
}

function refuse(code: ProvisioningRefusalCode, reason?: ProvisioningRefusal): ProvisioningPlan {
  return reason === undefined ? { kind: 'refuse', code } : { kind: 'refuse', code, reason };
}

// A membership that an admin removed is not brought back by signing in, unless an admin invited the address since; one
// that was switched off is switched on by an admin or not at all.
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

// The profile follows the provider where the organization owns the domain of what it asserts. The address is only taken
// over while no other member has it. That of the server's administrator is no organization's to change: it is what they
// enter with their password.
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

// Who followed the link of an invitation that is over came for that invitation, whatever the policy is.
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
