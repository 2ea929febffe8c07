import { describe, expect, it } from 'vitest';

import { universalAuthDefaults } from '../contract/identities.ts';
import { asId, type MachineIdentityId, type OrganizationId } from '../contract/ids.ts';
import { roles } from '../contract/shapes.ts';
import type { MachineActor } from '../contract/actor.ts';
import { isPermitted, strongestRole } from '../access/permissions.ts';
import { changedSettings, isBeyondReach, requireSettings } from './rules.ts';

const caller = (isInstanceAdmin: boolean): MachineActor => ({
  kind: 'identity',
  identityId: asId<MachineIdentityId>('7f2b0d4e-90c3-4a53-9a0e-2f4f7f1f0a01'),
  name: 'deployer',
  clientSecretId: undefined,
  tokenId: 'token',
  organizationId: asId<OrganizationId>('7f2b0d4e-90c3-4a53-9a0e-2f4f7f1f0a02'),
  isInstanceAdmin,
});

const issues = (...listed: object[]) =>
  expect.objectContaining({
    code: 'validation_failed',
    meta: { issues: listed.map((issue) => expect.objectContaining(issue)) },
  });

describe('an identity that is an instance admin', () => {
  it.each(['create', 'edit', 'delete'] as const)('cannot be affected by an organization admin: %s', (action) => {
    expect(isBeyondReach(caller(false), { is_instance_admin: 1 }, action)).toBe(true);
  });

  it('is visible to organization admins', () => {
    expect(isBeyondReach(caller(false), { is_instance_admin: 1 }, 'read')).toBe(false);
  });

  it('can be changed by another instance admin', () => {
    expect(isBeyondReach(caller(true), { is_instance_admin: 1 }, 'edit')).toBe(false);
  });
});

describe('creating and changing identities', () => {
  it.each(roles.flatMap((role) => (['create', 'edit'] as const).map((action) => ({ role, action }))))(
    '$role may $action only as the strongest role, so that no caller grants a role they lack',
    ({ role, action }) => {
      expect(isPermitted(role, 'identity', action)).toBe(roles.every((other) => strongestRole([role, other]) === role));
    },
  );
});

describe('the settings of universal auth', () => {
  it('are the defaults if none is given', () => {
    expect(requireSettings(universalAuthDefaults, {})).toEqual(universalAuthDefaults);
  });

  it('keep what is not given', () => {
    const settings = requireSettings({ ...universalAuthDefaults, lockoutThreshold: 7 }, { accessTokenTTL: 60 });
    expect(settings).toEqual({ ...universalAuthDefaults, lockoutThreshold: 7, accessTokenTTL: 60 });
  });

  it('store IP ranges in canonical form', () => {
    const given = { clientSecretTrustedIps: [{ ipAddress: '2001:DB8::/32' }, { ipAddress: '::ffff:192.0.2.1' }] };
    expect(requireSettings(universalAuthDefaults, given).clientSecretTrustedIps).toEqual([
      { ipAddress: '2001:db8::/32' },
      { ipAddress: '192.0.2.1' },
    ]);
  });

  it('reject a lifetime that is longer than the maximum', () => {
    expect(() => requireSettings(universalAuthDefaults, { accessTokenTTL: 61, accessTokenMaxTTL: 60 })).toThrow(
      issues({ path: 'accessTokenTTL', code: 'ttl_too_long' }),
    );
  });

  it('compare a new maximum with the current lifetime', () => {
    expect(() => requireSettings(universalAuthDefaults, { accessTokenMaxTTL: 60 })).toThrow(
      issues({ path: 'accessTokenTTL', code: 'ttl_too_long' }),
    );
  });

  it('accept any lifetime if there is no maximum', () => {
    expect(requireSettings(universalAuthDefaults, { accessTokenMaxTTL: 0 })).toMatchObject({ accessTokenMaxTTL: 0 });
  });

  it('reject an invalid IP range and an empty list', () => {
    const given = {
      clientSecretTrustedIps: [{ ipAddress: '192.0.2.0/24' }, { ipAddress: '010.0.0.1' }],
      accessTokenTrustedIps: [],
    };
    expect(() => requireSettings(universalAuthDefaults, given)).toThrow(
      issues(
        { path: 'clientSecretTrustedIps.1.ipAddress', code: 'ip_range' },
        { path: 'accessTokenTrustedIps', code: 'no_range' },
      ),
    );
  });
});

describe('the changed settings', () => {
  it('are named, with lists compared by content', () => {
    const before = requireSettings(universalAuthDefaults, {});
    const after = requireSettings(before, {
      lockoutEnabled: false,
      accessTokenTrustedIps: [{ ipAddress: '192.0.2.1' }],
      clientSecretTrustedIps: before.clientSecretTrustedIps.map((range) => ({ ...range })),
    });
    expect(changedSettings(before, after)).toEqual(['accessTokenTrustedIps', 'lockoutEnabled']);
  });
});
