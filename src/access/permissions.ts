import type { Role } from '../contract/shapes.ts';

/** The subjects of permissions. */
export type Subject =
  | 'sso'
  | 'member'
  | 'groups'
  | 'identity'
  | 'applications'
  | 'email-domains'
  | 'audit-logs'
  | 'settings';

export type Action = 'read' | 'create' | 'edit' | 'delete';

const everything = ['read', 'create', 'edit', 'delete'] as const;
const nothing = [] as const;

/** Who may do what. This is the only table: every endpoint names its subject and action, and nothing else decides. */
const permissions: Readonly<Record<Role, Readonly<Record<Subject, readonly Action[]>>>> = {
  admin: {
    sso: everything,
    member: everything,
    groups: everything,
    identity: everything,
    applications: everything,
    'email-domains': everything,
    // Only events append entries; `edit` is about the audit webhook.
    'audit-logs': ['read', 'edit'],
    settings: everything,
  },
  member: {
    sso: nothing,
    member: ['read'],
    groups: ['read'],
    identity: ['read'],
    applications: nothing,
    'email-domains': nothing,
    'audit-logs': nothing,
    settings: ['read'],
  },
  'no-access': {
    sso: nothing,
    member: nothing,
    groups: nothing,
    identity: nothing,
    applications: nothing,
    'email-domains': nothing,
    'audit-logs': nothing,
    settings: nothing,
  },
};

/** Whether a role allows an action on a subject. */
export function isPermitted(role: Role, subject: Subject, action: Action): boolean {
  return permissions[role][subject].includes(action);
}

/** The stronger of several roles. */
export function strongestRole(held: readonly Role[]): Role {
  if (held.includes('admin')) return 'admin';
  return held.includes('member') ? 'member' : 'no-access';
}
