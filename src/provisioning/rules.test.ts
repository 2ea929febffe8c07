import { describe, expect, test } from 'vitest';

import type { ProvisioningRefusal, ProvisioningRefusalCode } from '../contract/error-meta.ts';
import { asId, type UserId } from '../contract/ids.ts';
import { planProvisioning, type ProvisioningPlan, type ProvisioningState } from './rules.ts';

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
  ['a stranger gets an account', {}, { kind: 'provision' }],
  [
    'a domain that is not allowed is refused',
    { domainIsAllowed: false },
    { kind: 'refuse', code: 'email_domain_not_allowed' },
  ],
  [
    'a known person whose domain is no longer allowed is refused',
    { domainIsAllowed: false, known },
    { kind: 'refuse', code: 'email_domain_not_allowed' },
  ],
  ['a known person signs in', { known }, { kind: 'sign-in', userId, profile: [] }],
  [
    'a switched-off member is refused',
    { known: { ...known, membership: 'inactive' } },
    { kind: 'refuse', code: 'member_inactive', reason: 'membership_inactive' },
  ],
  [
    'a removed member is not brought back',
    { known: { ...known, membership: 'none' } },
    { kind: 'refuse', code: 'member_inactive', reason: 'membership_removed' },
  ],
  [
    "a known person's profile stays where the domain is not owned",
    { known: { ...known, firstName: 'Al', emailKey: 'al@acme.example' } },
    { kind: 'sign-in', userId, profile: [], addressHeld: 'domain_not_verified' },
  ],
  [
    "a known person's profile follows the provider where the domain is owned",
    { domainIsOwned: true, known: { ...known, firstName: 'Al', lastName: 'B', emailKey: 'al@acme.example' } },
    { kind: 'sign-in', userId, profile: ['email', 'firstName', 'lastName'] },
  ],
  [
    "the address and name of the server's administrator stay, owned domain or not",
    {
      domainIsOwned: true,
      known: { ...known, isInstanceAdmin: true, firstName: 'Al', lastName: 'B', emailKey: 'al@acme.example' },
    },
    { kind: 'sign-in', userId, profile: [], addressHeld: 'instance_admin' },
  ],
  [
    'an address that another member has is not taken over',
    { domainIsOwned: true, known: { ...known, emailKey: 'al@acme.example' }, namesake },
    { kind: 'sign-in', userId, profile: [], addressHeld: 'taken' },
  ],
  [
    "a member's address alone does not make a stranger that member",
    { namesake },
    { kind: 'refuse', code: 'account_link_required', reason: 'domain_not_verified' },
  ],
  [
    'an owned domain links a member without an identity',
    { domainIsOwned: true, namesake },
    { kind: 'link', userId: otherId },
  ],
  [
    'an owned domain does not give a second subject the account of the first',
    { domainIsOwned: true, namesake: { ...namesake, identity: 'kept' } },
    { kind: 'refuse', code: 'account_link_required', reason: 'other_identity' },
  ],
  [
    'an identity that an admin let go of makes way for another, where the domain is owned',
    { domainIsOwned: true, namesake: { ...namesake, identity: 'replaceable' } },
    { kind: 'relink', userId: otherId },
  ],
  [
    'an identity that an admin let go of does not make way for an address of a domain that is not owned',
    { namesake: { ...namesake, identity: 'replaceable' } },
    { kind: 'refuse', code: 'account_link_required', reason: 'domain_not_verified' },
  ],
  [
    'an identity that an admin let go of does not make way for an address that is called unverified',
    { domainIsOwned: true, person: unverified, namesake: { ...namesake, identity: 'replaceable' } },
    { kind: 'refuse', code: 'account_link_required', reason: 'address_not_verified' },
  ],
  [
    'a switched-off member is not linked anew',
    { domainIsOwned: true, namesake: { ...namesake, isActive: false, identity: 'replaceable' } },
    { kind: 'refuse', code: 'member_inactive', reason: 'membership_inactive' },
  ],
  [
    'a switched-off member is not linked',
    { domainIsOwned: true, namesake: { ...namesake, isActive: false } },
    { kind: 'refuse', code: 'member_inactive', reason: 'membership_inactive' },
  ],
  [
    'an address that the provider calls unverified links nobody, owned domain or not',
    { domainIsOwned: true, person: unverified, namesake },
    { kind: 'refuse', code: 'account_link_required', reason: 'address_not_verified' },
  ],
  [
    'an address that the provider calls unverified is not followed, and the name is',
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
  ['just in time: a stranger whose address is unverified', { person: unverified }, provision],
  ['just in time: an invitation that is over', { invitation: 'over' }, refused('invitation_not_open')],
  ['invited only: a stranger', { policy: invited }, refused('invitation_required')],
  [
    'invited only: a stranger of an owned domain',
    { policy: invited, domainIsOwned: true },
    refused('invitation_required'),
  ],
  ['invited only: an invited stranger', { policy: invited, invitation: 'fits' }, provision],
  ['invited only: an invitation that is over', { policy: invited, invitation: 'over' }, refused('invitation_not_open')],
  [
    'invited only: an invited stranger whose domain is not allowed',
    { policy: invited, invitation: 'fits', domainIsAllowed: false },
    refused('email_domain_not_allowed'),
  ],
  ['invited only: a member', { policy: invited, known }, { kind: 'sign-in', userId, profile: [] }],
  [
    'invited only: a member without an identity',
    { policy: invited, domainIsOwned: true, namesake },
    { kind: 'link', userId: otherId },
  ],
  ['verified domains: a stranger', { policy: denied }, refused('email_domain_not_verified')],
  [
    'verified domains: an invited stranger',
    { policy: denied, invitation: 'fits' },
    refused('email_domain_not_verified'),
  ],
  ['verified domains: a stranger of an owned domain', { policy: denied, domainIsOwned: true }, provision],
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
  ['a forwarded link, opened by a stranger', { invitation: 'other-address' }, refused('invitation_address_mismatch')],
  [
    'a forwarded link, opened by a member',
    { invitation: 'other-address', known },
    refused('invitation_address_mismatch'),
  ],
  ['a member opens a link that is over', { invitation: 'over', known }, { kind: 'sign-in', userId, profile: [] }],
  ['a removed member who was invited since', { invitation: 'fits', known: removed }, rejoin],
  [
    'a removed member who was not invited',
    { domainIsOwned: true, known: removed },
    refused('member_inactive', 'membership_removed'),
  ],
  [
    'a removed member whose invited address another member has',
    { invitation: 'fits', known: removed, namesake },
    refused('account_link_required', 'other_identity'),
  ],
  [
    'verified domains: a removed member who was invited since',
    { policy: denied, invitation: 'fits', known: removed },
    refused('email_domain_not_verified'),
  ],
  [
    "invited only: a removed administrator of the server who was invited since keeps the server's address",
    { policy: invited, invitation: 'fits', known: { ...removed, isInstanceAdmin: true } },
    { kind: 'rejoin', userId, keepsAddress: true },
  ],
  [
    'a switched-off member who was invited',
    { invitation: 'fits', known: { ...known, membership: 'inactive' } },
    refused('member_inactive', 'membership_inactive'),
  ],
  [
    'a namesake who was invited',
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
