import { describe, expect, it } from 'vitest';

import { type Action, isPermitted, strongestRole, type Subject } from './permissions.ts';

const subjects: readonly Subject[] = [
  'sso',
  'member',
  'groups',
  'identity',
  'applications',
  'email-domains',
  'audit-logs',
  'settings',
];
const actions: readonly Action[] = ['read', 'create', 'edit', 'delete'];
const allowedTo = (role: Parameters<typeof isPermitted>[0]) =>
  subjects.flatMap((subject) =>
    actions.filter((action) => isPermitted(role, subject, action)).map((action) => `${subject} ${action}`),
  );

describe('isPermitted', () => {
  it('allows an admin everything except to create or delete audit entries', () => {
    const everything = subjects.flatMap((subject) => actions.map((action) => `${subject} ${action}`));
    const never = new Set(['audit-logs create', 'audit-logs delete']);
    expect(allowedTo('admin')).toEqual(everything.filter((permission) => !never.has(permission)));
  });

  it('allows a member to read four subjects and to change nothing', () => {
    expect(allowedTo('member')).toEqual(['member read', 'groups read', 'identity read', 'settings read']);
  });

  it('allows nothing without access', () => {
    expect(allowedTo('no-access')).toEqual([]);
  });
});

it.each([
  [['no-access', 'admin', 'member'], 'admin'],
  [['no-access', 'member'], 'member'],
  [['no-access'], 'no-access'],
  [[], 'no-access'],
] as const)('strongestRole of %j is %s', (held, strongest) => {
  expect(strongestRole(held)).toBe(strongest);
});
