import { describe, expect, test } from 'vitest';

import type { GroupsClaim } from '../oidc/identity/groups-claim.ts';
import { claimedNames, type GroupPlan, groupToKeep, type HeldGroup, planGroups, type RoleGroup } from './rules.ts';

const admins = { id: '1', name: 'Admins', role: 'member' } as const;
const engineering = { id: '2', name: 'Engineering', role: 'no-access' } as const;
const ofAdmins: RoleGroup = { ...admins, role: 'admin' };
const existing = [admins, engineering];
const present = (...names: string[]): GroupsClaim => ({ state: 'present', names });
const byIdp = (group: RoleGroup): HeldGroup => ({ ...group, source: 'idp' });
const byHand = (group: RoleGroup): HeldGroup => ({ ...group, source: 'manual' });
const set = (add: object[], remove: object[], unmatched = 0) => ({ kind: 'set', add, remove, unmatched }) as GroupPlan;

const cases: readonly [string, GroupsClaim, readonly HeldGroup[], GroupPlan][] = [
  ['joins a named group', present('Admins'), [], set([admins], [])],
  ['creates no group for an unknown name', present('Nobody'), [], set([], [], 1)],
  ['matches a path that begins with a slash', present('/Admins'), [], set([admins], [])],
  ['matches no group for a path below another group', present('/Admins/Engineering'), [], set([], [], 1)],
  ['distinguishes names by case', present('admins'), [], set([], [], 1)],
  ['keeps a group that the claim names', present('Admins'), [byIdp(admins)], set([], [])],
  [
    'leaves a group from the provider that the claim no longer names',
    present('Admins'),
    [byIdp(engineering)],
    set([admins], [byIdp(engineering)]),
  ],
  ['keeps a group that an admin assigned', present('Admins'), [byHand(engineering)], set([admins], [])],
  [
    'leaves all groups from the provider on an empty claim',
    { state: 'empty' },
    [byIdp(admins), byHand(engineering)],
    set([], [byIdp(admins)]),
  ],
  ['changes nothing without a claim', { state: 'absent' }, [byIdp(admins)], { kind: 'unchanged', reason: 'absent' }],
  [
    'leaves all groups from the provider without a claim if the connection treats that as empty',
    { state: 'absent', countsAsEmpty: true },
    [byIdp(admins), byHand(engineering)],
    { kind: 'set', add: [], remove: [byIdp(admins)], unmatched: 0, byAbsence: true },
  ],
  [
    'changes nothing on a truncated claim',
    { state: 'overage' },
    [byIdp(admins)],
    { kind: 'unchanged', reason: 'overage' },
  ],
  [
    'changes nothing on an unreadable claim',
    { state: 'malformed' },
    [byIdp(admins)],
    { kind: 'unchanged', reason: 'malformed' },
  ],
];

describe('the groups that a sign-in sets', () => {
  test.each(cases)('%s', (_name, claim, held, plan) => {
    expect(planGroups(claim, { existing, held, matching: 'exact' })).toEqual(plan);
  });

  test('ignores case in names if the admin chose so', () => {
    expect(planGroups(present('ADMINS'), { existing, held: [], matching: 'case-insensitive' })).toEqual(
      set([admins], []),
    );
  });

  test.each([
    ['ADMINS', [], set([], [], 1)],
    ['/admins', [], set([], [], 1)],
    ['Admins', [], set([ofAdmins], [])],
    ['/Admins', [], set([], [], 1)],
    ['/Admins', [byIdp(ofAdmins)], set([], [byIdp(ofAdmins)], 1)],
    ['admins', [byIdp(ofAdmins)], set([], [byIdp(ofAdmins)], 1)],
    ['ENGINEERING', [], set([engineering], [])],
  ])('H341: matches a group with the role admin only by its exact name: %s', (name, held, plan) => {
    const groups = [ofAdmins, engineering];
    expect(planGroups(present(name), { existing: groups, held, matching: 'case-insensitive' })).toEqual(plan);
  });

  test('H341: matches a group with the role admin whose name begins with a slash', () => {
    const ofPath = { ...ofAdmins, id: 'of-path', name: '/Admins' };
    const groups = [ofAdmins, ofPath];
    expect(planGroups(present('/Admins'), { existing: groups, held: [], matching: 'exact' })).toEqual(
      set([ofPath], []),
    );
  });
});

describe('the group that the last admin keeps', () => {
  const ofOwners: RoleGroup = { id: '3', name: 'Owners', role: 'admin' };
  const alone = { hasOtherAdmin: false, ownRole: 'member', held: [byIdp(engineering), byIdp(ofAdmins)] } as const;

  test.each([
    ['is the only group that makes them an admin', [byIdp(ofAdmins)], alone, '1'],
    ['is the first if they leave several such groups', [byIdp(ofOwners), byIdp(ofAdmins)], owners(), '1'],
    ['is the one with the role admin of all that they leave', alone.held, alone, '1'],
    ['does not exist if they leave no such group', [byIdp(engineering)], alone, undefined],
    ['does not exist if another such group stays', [byIdp(ofAdmins)], owners(), undefined],
    ['does not exist if they are an admin themselves', [byIdp(ofAdmins)], { ...alone, ownRole: 'admin' }, undefined],
    ['does not exist if there is another admin', [byIdp(ofAdmins)], { ...alone, hasOtherAdmin: true }, undefined],
  ] as const)('%s', (_name, remove, remaining, id) => {
    expect(groupToKeep(remove, remaining)?.id).toBe(id);
  });

  function owners() {
    return { ...alone, held: [byIdp(engineering), byIdp(ofAdmins), byIdp(ofOwners)] };
  }
});

test('claimedNames gives each name of a claim, and a path also without its slash', () => {
  expect(claimedNames(present('/Admins', 'Sales'))).toEqual(['/Admins', 'Admins', 'Sales']);
  expect(claimedNames({ state: 'absent' })).toEqual([]);
});
