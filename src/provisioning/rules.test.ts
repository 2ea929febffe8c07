import { describe, expect, test } from 'vitest';

import { asId, type UserId } from '../contract/ids.ts';
import { planProvisioning, type ProvisioningPlan, type ProvisioningState } from './rules.ts';

const userId = asId<UserId>('a');
const otherId = asId<UserId>('b');
const person = { emailKey: 'alice@acme.example', firstName: 'Alice', lastName: 'A' };
const known = { userId, ...person, membership: 'active' } as const;
const namesake = { userId: otherId, isActive: true, hasIdentity: false };
const stranger: ProvisioningState = {
  person,
  domainIsAllowed: true,
  domainIsOwned: false,
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
    { kind: 'refuse', code: 'member_inactive' },
  ],
  [
    'a removed member is not brought back',
    { known: { ...known, membership: 'none' } },
    { kind: 'refuse', code: 'member_inactive' },
  ],
  [
    "a known person's profile stays where the domain is not owned",
    { known: { ...known, firstName: 'Al', emailKey: 'al@acme.example' } },
    { kind: 'sign-in', userId, profile: [] },
  ],
  [
    "a known person's profile follows the provider where the domain is owned",
    { domainIsOwned: true, known: { ...known, firstName: 'Al', lastName: 'B', emailKey: 'al@acme.example' } },
    { kind: 'sign-in', userId, profile: ['email', 'firstName', 'lastName'] },
  ],
  [
    'an address that another member has is not taken over',
    { domainIsOwned: true, known: { ...known, emailKey: 'al@acme.example' }, namesake },
    { kind: 'sign-in', userId, profile: [] },
  ],
  [
    "a member's address alone does not make a stranger that member",
    { namesake },
    { kind: 'refuse', code: 'account_link_required' },
  ],
  [
    'an owned domain links a member without an identity',
    { domainIsOwned: true, namesake },
    { kind: 'link', userId: otherId },
  ],
  [
    'an owned domain does not give a second subject the account of the first',
    { domainIsOwned: true, namesake: { ...namesake, hasIdentity: true } },
    { kind: 'refuse', code: 'account_link_required' },
  ],
  [
    'a switched-off member is not linked',
    { domainIsOwned: true, namesake: { ...namesake, isActive: false } },
    { kind: 'refuse', code: 'member_inactive' },
  ],
];

describe('as whom somebody signs in', () => {
  test.each(cases)('%s', (_name, change, plan) => {
    expect(planProvisioning({ ...stranger, ...change })).toEqual(plan);
  });
});
