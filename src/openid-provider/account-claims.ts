import type { Role } from '../contract/shapes.ts';

/** The most groups in a token. Beyond that, the list would not fit into a header; userinfo has all. */
const groupsInTokenMax = 200;

/** The facts about a member that claims are made of. */
export interface MemberFacts {
  readonly userId: string;
  readonly email: string;
  /** Whether the organization has proved that it owns the domain of the address. */
  readonly isEmailOwned: boolean;
  readonly firstName: string;
  readonly lastName: string;
  readonly organization: { readonly id: string; readonly slug: string; readonly name: string };
  readonly role: Role;
  readonly groups: readonly { readonly id: string; readonly name: string }[];
  /** The identity at the organization's identity provider. */
  readonly issuer: string | null;
  readonly subject: string | null;
}

/** What an application may see of the groups. */
export interface GroupsRule {
  /** Names of the groups that it may see; `null` for all. */
  readonly groups: readonly string[] | null;
  readonly groupsClaim: 'none' | 'names' | 'ids';
}

export type Claims = { readonly sub: string; readonly [claim: string]: unknown };

/**
 * The claims about a member for an application: the only place that makes them, for the ID token, userinfo and
 * introspection (OpenID Connect Core 1.0, section 5). A scope that was not granted adds none. The names of claims are
 * constants: nothing that a tenant typed can become one.
 *
 * `email_verified` is true only for an address in a domain that the organization has proved to own, and absent for others
 * (section 5.1: the provider must have verified it). More than {@link groupsInTokenMax} groups are never cut: a token says
 * `groups_overage` instead.
 */
export function accountClaims(
  member: MemberFacts,
  { scopes, use, rule }: { scopes: ReadonlySet<string>; use: 'token' | 'response'; rule: GroupsRule },
): Claims {
  const { userId: sub, organization } = member;
  return {
    sub,
    org_id: organization.id,
    ...(scopes.has('profile') ? profileClaims(member) : {}),
    ...(scopes.has('email') ? emailClaims(member) : {}),
    ...(scopes.has('organization')
      ? { org_slug: organization.slug, org_name: organization.name, role: member.role }
      : {}),
    ...(scopes.has('groups') ? groupClaims(member, rule, use) : {}),
    ...(scopes.has('federated') && member.issuer !== null ? { idp: member.issuer, idp_sub: member.subject } : {}),
  };
}

/** The claims of each scope, for the library, which filters what {@link accountClaims} makes. */
export const claimsOfScopes = {
  openid: ['sub', 'org_id', 'sid', 'acr', 'amr', 'auth_time'],
  profile: ['name', 'given_name', 'family_name'],
  email: ['email', 'email_verified'],
  groups: ['groups', 'groups_overage'],
  organization: ['org_slug', 'org_name', 'role'],
  federated: ['idp', 'idp_sub'],
} as const;

function profileClaims({ firstName, lastName }: MemberFacts) {
  const name = [firstName, lastName].filter((part) => part !== '').join(' ');
  return {
    ...(name === '' ? {} : { name }),
    ...(firstName === '' ? {} : { given_name: firstName }),
    ...(lastName === '' ? {} : { family_name: lastName }),
  };
}

function emailClaims({ email, isEmailOwned }: MemberFacts) {
  return { email, ...(isEmailOwned ? { email_verified: true } : {}) };
}

function groupClaims(member: MemberFacts, rule: GroupsRule, use: 'token' | 'response') {
  if (rule.groupsClaim === 'none') return {};
  const visible = member.groups.filter(({ name }) => rule.groups?.includes(name) ?? true);
  if (use === 'token' && visible.length > groupsInTokenMax) return { groups_overage: true };
  return { groups: visible.map(({ id, name }) => (rule.groupsClaim === 'ids' ? id : name)) };
}
