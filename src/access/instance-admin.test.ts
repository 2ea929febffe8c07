import { describe, expect, it } from 'vitest';

import { isInstanceAdminSession } from './instance-admin.ts';

describe('isInstanceAdminSession', () => {
  it.each([
    ['password', 1, true],
    ['password', 0, false],
    ['oidc', 1, false],
    ['break-glass', 1, false],
  ] as const)('for a session by %s of a user with is_instance_admin %i is %s', (method, isAdmin, expected) => {
    expect(isInstanceAdminSession({ is_instance_admin: isAdmin }, { auth_method: method })).toBe(expected);
  });
});
