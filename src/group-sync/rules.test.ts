import { describe, expect, test } from 'vitest';

import type { GroupsClaim } from '../oidc/identity/groups-claim.ts';
import { type GroupPlan, type HeldGroup, planGroups, type RoleGroup } from './rules.ts';

const admins = { id: '1', name: 'Admins', role: 'member' } as const;
const engineering = { id: '2', name: 'Engineering', role: 'no-access' } as const;
const ofAdmins: RoleGroup = { ...admins, role: 'admin' };
const existing = [admins, engineering];
const present = (...names: string[]): GroupsClaim => ({ state: 'present', names });
const byIdp = (group: RoleGroup): HeldGroup => ({ ...group, source: 'idp' });
const byHand = (group: RoleGroup): HeldGroup => ({ ...group, source: 'manual' });
const set = (add: object[], remove: object[], unmatched = 0) => ({ kind: 'set', add, remove, unmatched }) as GroupPlan;

const cases: readonly [string, GroupsClaim, readonly HeldGroup[], GroupPlan][] = [
  ['a named group is joined', present('Admins'), [], set([admins], [])],
  ['a name without a group creates nothing', present('Nobody'), [], set([], [], 1)],
  ['a path that begins with a slash names the group', present('/Admins'), [], set([admins], [])],
  ['a path below another group names neither', present('/Admins/Engineering'), [], set([], [], 1)],
  ['case distinguishes names', present('admins'), [], set([], [], 1)],
  ['a held group that is named stays', present('Admins'), [byIdp(admins)], set([], [])],
  [
    'a group that the provider gave and no longer names is left',
    present('Admins'),
    [byIdp(engineering)],
    set([admins], [byIdp(engineering)]),
  ],
  ['a group that an admin gave is kept', present('Admins'), [byHand(engineering)], set([admins], [])],
  [
    'an empty claim removes what the provider gave',
    { state: 'empty' },
    [byIdp(admins), byHand(engineering)],
    set([], [byIdp(admins)]),
  ],
  ['an absent claim changes nothing', { state: 'absent' }, [byIdp(admins)], { kind: 'unchanged', reason: 'absent' }],
  [
    'a claim that was cut short changes nothing',
    { state: 'overage' },
    [byIdp(admins)],
    { kind: 'unchanged', reason: 'overage' },
  ],
  [
    'an unreadable claim changes nothing',
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
