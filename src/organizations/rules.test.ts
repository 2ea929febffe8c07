import { describe, expect, it } from 'vitest';

import type { Actor } from '../contract/actor.ts';
import { asId, type MachineIdentityId, type OrganizationId, type SessionId, type UserId } from '../contract/ids.ts';
import { mayCreateOrganization } from './rules.ts';

const organizationId = asId<OrganizationId>('7f2b0d4e-90c3-4a53-9a0e-2f4f7f1f0a01');
const user = (isInstanceAdmin: boolean): Actor => ({
  kind: 'user',
  userId: asId<UserId>('7f2b0d4e-90c3-4a53-9a0e-2f4f7f1f0a02'),
  email: 'alice@acme.example',
  sessionId: asId<SessionId>('7f2b0d4e-90c3-4a53-9a0e-2f4f7f1f0a03'),
  organizationId,
  authMethod: 'oidc',
  isInstanceAdmin,
});
const machine = (isInstanceAdmin: boolean): Actor => ({
  kind: 'identity',
  identityId: asId<MachineIdentityId>('7f2b0d4e-90c3-4a53-9a0e-2f4f7f1f0a04'),
  name: 'deployer',
  clientSecretId: undefined,
  tokenId: 'token',
  organizationId,
  isInstanceAdmin,
});

describe('creating an organization', () => {
  it.each([
    ['an instance admin', user(true), 'instance-admins', true],
    ['an instance admin', machine(true), 'instance-admins', true],
    ['a user', user(false), 'instance-admins', false],
    ['a machine', machine(false), 'instance-admins', false],
    ['a user', user(false), 'anyone', true],
    ['a machine', machine(false), 'anyone', false],
  ] as const)('%s (%o) where the setting is %s: %s', (_who, actor, setting, may) => {
    expect(mayCreateOrganization(actor, setting)).toBe(may);
  });
});
