import type { PracticePerson } from './practice-people.ts';

/** Which scope asks for which claim (OpenID Connect Core 1.0, section 5.4); `groups` comes with `profile`, too. */
export const claimsByScope = {
  openid: ['sub'],
  profile: ['name', 'given_name', 'family_name', 'preferred_username', 'groups'],
  email: ['email', 'email_verified'],
  groups: ['groups'],
} as const;

/** The subject identifier of a person: unlike the login name and the address, so that nothing mistakes one for another. */
export function subjectOf(person: PracticePerson): string {
  return `practice-${person.loginName}`;
}

/** Everything that the practice provider asserts of a person; the requested scopes decide which of it is sent. */
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
