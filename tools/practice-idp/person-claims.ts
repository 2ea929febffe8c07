import type { PracticePerson } from './practice-people.ts';

/** The claims of each scope (OpenID Connect Core 1.0, section 5.4); `groups` also belongs to `profile`. */
export const claimsByScope = {
  openid: ['sub'],
  profile: ['name', 'given_name', 'family_name', 'preferred_username', 'groups'],
  email: ['email', 'email_verified'],
  groups: ['groups'],
} as const;

/** A user's subject identifier. It differs from login name and address, so that a mix-up is visible. */
export function subjectOf(person: PracticePerson): string {
  return `practice-${person.loginName}`;
}

/** All claims that the practice provider has for a user. The requested scopes select from them. */
export function claimsOf(person: PracticePerson): { readonly sub: string; readonly [claim: string]: unknown } {
  return {
    sub: subjectOf(person),
    name: `${person.givenName} ${person.familyName}`,
    given_name: person.givenName,
    family_name: person.familyName,
    preferred_username: person.loginName,
    email: person.email,
    email_verified: person.emailVerified,
    ...(person.groups === undefined ? {} : { groups: person.groups }),
  };
}
