import type { ErrorCode } from '../contract/errors.ts';
import type { UserId } from '../contract/ids.ts';

/** What a checked sign-in says of the person, as far as provisioning asks. */
export interface AssertedPerson {
  readonly emailKey: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** An account that is known by its identity: the issuer and subject have signed in to this organization before. */
export interface KnownAccount {
  readonly userId: UserId;
  readonly emailKey: string;
  readonly firstName: string;
  readonly lastName: string;
  /** `none`: the membership was removed since. */
  readonly membership: 'active' | 'inactive' | 'none';
}

/** The member of this organization who has the asserted address, when the identity itself is not known. */
export interface Namesake {
  readonly userId: UserId;
  readonly isActive: boolean;
  /** Whether somebody signs in through this organization's identity provider as them already. */
  readonly hasIdentity: boolean;
}

/** All that the decision rests on. */
export interface ProvisioningState {
  readonly person: AssertedPerson;
  /** Whether the configuration lets the address's domain in. */
  readonly domainIsAllowed: boolean;
  /** Whether this organization has proved that it owns the address's domain. */
  readonly domainIsOwned: boolean;
  readonly known: KnownAccount | undefined;
  readonly namesake: Namesake | undefined;
}

export type ProfileField = 'email' | 'firstName' | 'lastName';

export type ProvisioningPlan =
  | { readonly kind: 'refuse'; readonly code: ErrorCode }
  | { readonly kind: 'sign-in'; readonly userId: UserId; readonly profile: readonly ProfileField[] }
  | { readonly kind: 'link'; readonly userId: UserId }
  | { readonly kind: 'provision' };

/**
 * Decides as whom somebody signs in. The identity (organization, issuer, subject) decides; an address links accounts
 * only within the organization, only when it has proved that it owns the domain, and only to an account that nobody
 * signs in to through the identity provider yet (OpenID Connect Core, section 5.7).
 */
export function planProvisioning(state: ProvisioningState): ProvisioningPlan {
  if (!state.domainIsAllowed) return { kind: 'refuse', code: 'email_domain_not_allowed' };
  if (state.known !== undefined) return planKnown(state.known, state);
  if (state.namesake !== undefined) return planNamesake(state.namesake, state);
  return { kind: 'provision' };
}

// A membership that an admin removed or switched off is not brought back by signing in.
function planKnown(known: KnownAccount, state: ProvisioningState): ProvisioningPlan {
  if (known.membership !== 'active') return { kind: 'refuse', code: 'member_inactive' };
  return { kind: 'sign-in', userId: known.userId, profile: state.domainIsOwned ? changedProfile(known, state) : [] };
}

// The address is only taken over while no other member has it.
function changedProfile(known: KnownAccount, { person, namesake }: ProvisioningState): ProfileField[] {
  const fields: ProfileField[] = [];
  if (known.emailKey !== person.emailKey && namesake === undefined) fields.push('email');
  if (known.firstName !== person.firstName) fields.push('firstName');
  if (known.lastName !== person.lastName) fields.push('lastName');
  return fields;
}

function planNamesake(namesake: Namesake, { domainIsOwned }: ProvisioningState): ProvisioningPlan {
  if (!domainIsOwned || namesake.hasIdentity) return { kind: 'refuse', code: 'account_link_required' };
  if (!namesake.isActive) return { kind: 'refuse', code: 'member_inactive' };
  return { kind: 'link', userId: namesake.userId };
}
