import { describe, expect, it } from 'vitest';

import type { Actor, UserActor } from '../contract/actor.ts';
import { asId, type MachineIdentityId, type OrganizationId, type SessionId, type UserId } from '../contract/ids.ts';
import { enforcementResult, enforcementResultOfCaller } from './enforcement-result.ts';

const id = asId<OrganizationId>('here');
const elsewhere = asId<OrganizationId>('elsewhere');
const enforced = { id, authEnforced: true, bypassOrgAuthEnabled: true };
const user = {
  kind: 'user',
  userId: asId<UserId>('user'),
  email: 'ann@acme.example',
  sessionId: asId<SessionId>('session'),
  isInstanceAdmin: true,
} as const;

describe('enforcementResult', () => {
  it.each([
    ['oidc', id, 'satisfied'],
    ['break-glass', id, 'satisfied'],
    ['oidc', elsewhere, 'refused'],
    ['break-glass', elsewhere, 'refused'],
    ['oidc', undefined, 'refused'],
    ['break-glass', undefined, 'refused'],
  ] as const)('for a session by %s for the organization %s is %s', (authMethod, organizationId, expected) => {
    const session = { authMethod, organizationId };
    expect(enforcementResult({ organization: enforced, session, role: 'admin' })).toBe(expected);
  });

  it.each([
    ['admin', true, 'bypass'],
    ['admin', false, 'refused'],
    ['member', true, 'refused'],
    ['no-access', true, 'refused'],
  ] as const)('for the password of the role %s is, with the bypass %s, %s', (role, bypassOrgAuthEnabled, expected) => {
    const organization = { ...enforced, bypassOrgAuthEnabled };
    const session = { authMethod: 'password', organizationId: id } as const;
    expect(enforcementResult({ organization, session, role })).toBe(expected);
  });

  it('is satisfied for every session of an organization without enforcement', () => {
    const organization = { ...enforced, authEnforced: false, bypassOrgAuthEnabled: false };
    const session = { authMethod: 'password', organizationId: undefined } as const;
    expect(enforcementResult({ organization, session, role: 'member' })).toBe('satisfied');
  });
});

describe('enforcementResultOfCaller', () => {
  it('is satisfied for a machine identity', () => {
    const machine: Actor = {
      kind: 'identity',
      identityId: asId<MachineIdentityId>('machine'),
      name: 'deploy',
      tokenId: 'token',
      clientSecretId: undefined,
      organizationId: id,
      isInstanceAdmin: false,
    };
    expect(enforcementResultOfCaller(machine, { organization: enforced, role: 'member' })).toBe('satisfied');
  });

  it('is the result of the session for a user', () => {
    const actor: UserActor = { ...user, organizationId: elsewhere, authMethod: 'oidc' };
    expect(enforcementResultOfCaller(actor, { organization: enforced, role: 'admin' })).toBe('refused');
  });
});
