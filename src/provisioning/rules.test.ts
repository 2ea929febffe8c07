import { describe, expect, test } from 'vitest';

import type { ProvisioningRefusal, ProvisioningRefusalCode } from '../contract/error-meta.ts';
import { asId, type UserId } from '../contract/ids.ts';
import { isRelinkOpen, planProvisioning, type ProvisioningPlan, type ProvisioningState } from './rules.ts';

const userId = asId<UserId>('a');
const otherId = asId<UserId>('b');
const profile = { emailKey: 'alice@acme.example', firstName: 'Alice', lastName: 'A' };
const person = { ...profile, emailVerified: 'unknown' } as const;
const unverified = { ...profile, emailVerified: 'no' } as const;
const known = { userId, ...profile, isInstanceAdmin: false, membership: 'active' } as const;
const removed = { ...known, membership: 'none' } as const;
const namesake = { userId: otherId, isActive: true, identity: 'none' } as const;
const stranger: ProvisioningState = {
  person,
  domainIsAllowed: true,
  domainIsOwned: false,
  policy: 'just-in-time',
  invitation: 'none',
  known: undefined,
  namesake: undefined,
};

const cases: readonly [string, Partial<ProvisioningState>, ProvisioningPlan][] = [
  ['creates an account for a new user', {}, { kind: 'provision' }],
  [
    'refuses a domain that is not allowed',
    { domainIsAllowed: false },
    { kind: 'refuse', code: 'email_domain_not_allowed' },
  ],
  [
    'refuses a known user whose domain is no longer allowed',
    { domainIsAllowed: false, known },
    { kind: 'refuse', code: 'email_domain_not_allowed' },
  ],
  ['signs in a known user', { known }, { kind: 'sign-in', userId, profile: [] }],
  [
    'refuses a deactivated member',
    { known: { ...known, membership: 'inactive' } },
    { kind: 'refuse', code: 'member_inactive', reason: 'membership_inactive' },
  ],
  [
    'does not bring back a removed member',
    { known: { ...known, membership: 'none' } },
    { kind: 'refuse', code: 'member_inactive', reason: 'membership_removed' },
  ],
  [
    "keeps a known user's profile if the organization does not own the domain",
    { known: { ...known, firstName: 'Al', emailKey: 'al@acme.example' } },
    { kind: 'sign-in', userId, profile: [], addressHeld: 'domain_not_verified' },
  ],
  [
    "updates a known user's profile if the organization owns the domain",
    { domainIsOwned: true, known: { ...known, firstName: 'Al', lastName: 'B', emailKey: 'al@acme.example' } },
    { kind: 'sign-in', userId, profile: ['email', 'firstName', 'lastName'] },
  ],
  [
    'keeps the address and name of an instance admin, even if the organization owns the domain',
    {
      domainIsOwned: true,
      known: { ...known, isInstanceAdmin: true, firstName: 'Al', lastName: 'B', emailKey: 'al@acme.example' },
    },
    { kind: 'sign-in', userId, profile: [], addressHeld: 'instance_admin' },
  ],
  [
    'does not give a user the address of another member',
    { domainIsOwned: true, known: { ...known, emailKey: 'al@acme.example' }, namesake },
    { kind: 'sign-in', userId, profile: [], addressHeld: 'taken' },
  ],
  [
    "does not link a new user by a member's address alone",
    { namesake },
    { kind: 'refuse', code: 'account_link_required', reason: 'domain_not_verified' },
  ],
  [
    'links a member without an identity by an owned domain',
    { domainIsOwned: true, namesake },
    { kind: 'link', userId: otherId },
  ],
  [
    'does not give a second subject the account of the first by an owned domain',
    { domainIsOwned: true, namesake: { ...namesake, identity: 'kept' } },
    { kind: 'refuse', code: 'account_link_required', reason: 'other_identity' },
  ],
  [
    'relinks a member in an owned domain if an admin allowed it',
    { domainIsOwned: true, namesake: { ...namesake, identity: 'replaceable' } },
    { kind: 'relink', userId: otherId },
  ],
  [
    'does not relink by an address in a domain that the organization does not own',
    { namesake: { ...namesake, identity: 'replaceable' } },
    { kind: 'refuse', code: 'account_link_required', reason: 'domain_not_verified' },
  ],
  [
    'does not relink by an address that is called unverified',
    { domainIsOwned: true, person: unverified, namesake: { ...namesake, identity: 'replaceable' } },
    { kind: 'refuse', code: 'account_link_required', reason: 'address_not_verified' },
  ],
  [
    'does not relink a deactivated member',
    { domainIsOwned: true, namesake: { ...namesake, isActive: false, identity: 'replaceable' } },
    { kind: 'refuse', code: 'member_inactive', reason: 'membership_inactive' },
  ],
  [
    'does not link a deactivated member',
    { domainIsOwned: true, namesake: { ...namesake, isActive: false } },
    { kind: 'refuse', code: 'member_inactive', reason: 'membership_inactive' },
  ],
  [
    'links no account by an address that the provider calls unverified, even in an owned domain',
    { domainIsOwned: true, person: unverified, namesake },
    { kind: 'refuse', code: 'account_link_required', reason: 'address_not_verified' },
  ],
  [
    'updates the name but not the address if the provider calls the address unverified',
    { domainIsOwned: true, person: unverified, known: { ...known, firstName: 'Al', emailKey: 'al@acme.example' } },
    { kind: 'sign-in', userId, profile: ['firstName'], addressHeld: 'address_not_verified' },
  ],
];

const refused = (code: ProvisioningRefusalCode, reason?: ProvisioningRefusal): ProvisioningPlan =>
  reason === undefined ? { kind: 'refuse', code } : { kind: 'refuse', code, reason };
const provision: ProvisioningPlan = { kind: 'provision' };
const rejoin: ProvisioningPlan = { kind: 'rejoin', userId };
const [invited, denied] = ['invited-only', 'deny-unverified-domain'] as const;

const policies: readonly [string, Partial<ProvisioningState>, ProvisioningPlan][] = [
  ['just-in-time: a new user with an unverified address', { person: unverified }, provision],
  ['just-in-time: an ended invitation', { invitation: 'over' }, refused('invitation_not_open')],
  ['invited-only: a new user', { policy: invited }, refused('invitation_required')],
  [
    'invited-only: a new user in an owned domain',
    { policy: invited, domainIsOwned: true },
    refused('invitation_required'),
  ],
  ['invited-only: an invited user', { policy: invited, invitation: 'fits' }, provision],
  ['invited-only: an ended invitation', { policy: invited, invitation: 'over' }, refused('invitation_not_open')],
  [
    'invited-only: an invited user whose domain is not allowed',
    { policy: invited, invitation: 'fits', domainIsAllowed: false },
    refused('email_domain_not_allowed'),
  ],
  ['invited-only: a member', { policy: invited, known }, { kind: 'sign-in', userId, profile: [] }],
  [
    'invited-only: a member without an identity',
    { policy: invited, domainIsOwned: true, namesake },
    { kind: 'link', userId: otherId },
  ],
  ['verified domains: a new user', { policy: denied }, refused('email_domain_not_verified')],
  ['verified domains: an invited user', { policy: denied, invitation: 'fits' }, refused('email_domain_not_verified')],
  ['verified domains: a new user in an owned domain', { policy: denied, domainIsOwned: true }, provision],
  [
    'verified domains: an unverified address of an owned domain',
    { policy: denied, domainIsOwned: true, person: unverified },
    refused('email_not_verified'),
  ],
  [
    'verified domains: a member whose domain is not owned',
    { policy: denied, known },
    { kind: 'sign-in', userId, profile: [] },
  ],
  ['a forwarded link that a new user opens', { invitation: 'other-address' }, refused('invitation_address_mismatch')],
  [
    'a forwarded link that a member opens',
    { invitation: 'other-address', known },
    refused('invitation_address_mismatch'),
  ],
  ['an ended link that a member opens', { invitation: 'over', known }, { kind: 'sign-in', userId, profile: [] }],
  ['a removed member with a later invitation', { invitation: 'fits', known: removed }, rejoin],
  [
    'a removed member without an invitation',
    { domainIsOwned: true, known: removed },
    refused('member_inactive', 'membership_removed'),
  ],
  [
    'a removed member whose invited address belongs to another member',
    { invitation: 'fits', known: removed, namesake },
    refused('account_link_required', 'other_identity'),
  ],
  [
    'verified domains: a removed member with a later invitation',
    { policy: denied, invitation: 'fits', known: removed },
    refused('email_domain_not_verified'),
  ],
  [
    'invited-only: a removed and invited instance admin keeps their address',
    { policy: invited, invitation: 'fits', known: { ...removed, isInstanceAdmin: true } },
    { kind: 'rejoin', userId, keepsAddress: true },
  ],
  [
    'a deactivated member with an invitation',
    { invitation: 'fits', known: { ...known, membership: 'inactive' } },
    refused('member_inactive', 'membership_inactive'),
  ],
  [
    'an invitation for the e-mail address of a member',
    { invitation: 'fits', namesake },
    refused('account_link_required', 'domain_not_verified'),
  ],
];

describe('which users an organization accepts', () => {
  test.each(policies)('%s', (_name, change, plan) => {
    expect(planProvisioning({ ...stranger, ...change })).toEqual(plan);
  });
});

describe('the account that a user signs in to', () => {
  test.each(cases)('%s', (_name, change, plan) => {
    expect(planProvisioning({ ...stranger, ...change })).toEqual(plan);
  });
});

describe('a permission to relink', () => {
  const byName = { by: 'name', untilMs: 1001, granterMayStill: true } as const;
  const byIssuer = { ...byName, by: 'issuer' } as const;
  const sign = { nowMs: 1000, isOtherIssuer: false, isOfAdmin: false };
  const ofOtherIssuer = { ...sign, isOtherIssuer: true };
  const ofAdmin = { ...sign, isOfAdmin: true };

  test.each([
    ['for a named member is open', byName, sign, true],
    ['for a named admin is open', byName, ofAdmin, true],
    ['ends at its expiry time', { ...byName, untilMs: 1000 }, sign, false],
    ['ends when its granter loses the permission', { ...byName, granterMayStill: false }, sign, false],
    ['for an issuer is open for a member of that issuer', byIssuer, ofOtherIssuer, true],
    ['for an issuer is closed for the issuer of today', byIssuer, sign, false],
    ['for an issuer is closed for an admin', byIssuer, { ...ofOtherIssuer, isOfAdmin: true }, false],
    ['for an issuer is closed for an admin of the issuer of today', byIssuer, ofAdmin, false],
  ] as const)('%s', (_name, permission, signIn, isOpen) => {
    expect(isRelinkOpen(permission, signIn)).toBe(isOpen);
  });
});
