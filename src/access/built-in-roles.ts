import type { Role } from '../contract/shapes.ts';

interface BuiltInRole {
  readonly slug: Role;
  readonly name: string;
  readonly description: string;
}

/** The roles as the API lists them. `permissions.ts` says what each may do. */
export const builtInRoles: readonly BuiltInRole[] = [
  { slug: 'admin', name: 'Admin', description: 'May read and change everything of the organization.' },
  { slug: 'member', name: 'Member', description: 'May read members, groups, machine identities and settings.' },
  { slug: 'no-access', name: 'No access', description: 'May do nothing in the organization. Groups may give more.' },
];
