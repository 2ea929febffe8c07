import { describe, expect, it } from 'vitest';

import { connectionOptionDefaults } from '../../contract/connection-option-defaults.ts';
import type { ConnectionOptions } from '../../contract/connection-options.ts';
import { adFs } from './ad-fs.ts';
import { authelia } from './authelia.ts';
import { cognito } from './cognito.ts';
import { type ConnectionState, effectiveOptions } from './effective-options.ts';
import { entraId } from './entra-id.ts';
import { generic } from './generic.ts';
import { gitlab } from './gitlab.ts';
import type { Profile } from './profile.ts';
import { profiles } from './profiles.ts';
import { zitadel } from './zitadel.ts';

const nothing: ConnectionState = { stored: {}, needsGroups: false, scopesSupported: [] };
const rolesClaim = 'urn:zitadel:iam:org:project:roles';

/** What differs from the defaults. */
function changes(options: ConnectionOptions): Partial<ConnectionOptions> {
  return Object.fromEntries(
    Object.entries(options).filter(
      ([name, value]) =>
        JSON.stringify(value) !== JSON.stringify(connectionOptionDefaults[name as keyof ConnectionOptions]),
    ),
  );
}

const assertionsOfAdFs = { clientAssertionKeyName: 'x5t', clientAssertionAudience: 'token-endpoint' } as const;

const table: readonly [
  what: string,
  profile: Profile,
  state: Partial<ConnectionState>,
  expected: Partial<ConnectionOptions>,
][] = [
  ['nothing set, nothing known', generic, {}, {}],
  ['nothing set', cognito, {}, { groupsClaim: 'cognito:groups' }],
  ['the default set', cognito, { stored: { groupsClaim: '' } }, { groupsClaim: 'cognito:groups' }],
  ['another claim set', cognito, { stored: { groupsClaim: 'groups' } }, { groupsClaim: 'groups' }],
  ['nothing set', zitadel, {}, { groupsClaim: rolesClaim, groupsFormat: 'object-keys' }],
  [
    'another claim, whose format is the usual one',
    zitadel,
    { stored: { groupsClaim: 'teams' } },
    { groupsClaim: 'teams' },
  ],
  [
    'another option set',
    zitadel,
    { stored: { clockToleranceSeconds: 5 } },
    { groupsClaim: rolesClaim, groupsFormat: 'object-keys', clockToleranceSeconds: 5 },
  ],
  [
    'a scope that is listed and of use',
    authelia,
    { needsGroups: true, scopesSupported: ['openid', 'groups'] },
    { additionalScopes: ['groups'] },
  ],
  [
    'all scopes set',
    authelia,
    { needsGroups: true, scopesSupported: ['groups'], stored: { scopes: ['email'] } },
    { scopes: ['email'] },
  ],
  ['a scope that is of no use', authelia, { needsGroups: false, scopesSupported: ['groups'] }, {}],
  ['a scope that is not listed', authelia, { needsGroups: true, scopesSupported: ['openid'] }, {}],
  [
    'another scope set',
    authelia,
    { needsGroups: true, scopesSupported: ['groups'], stored: { additionalScopes: ['openid'] } },
    { additionalScopes: ['openid'] },
  ],
  ['nothing set', gitlab, {}, { groupsSource: 'userinfo_first' }],
  ['the default by choice', gitlab, { stored: { groupsSource: 'automatic' }, chosen: ['groupsSource'] }, {}],
  [
    'a default that nobody chose',
    gitlab,
    { stored: { groupsSource: 'automatic' } },
    { groupsSource: 'userinfo_first' },
  ],
  ['no userinfo by choice', gitlab, { stored: { userinfo: 'never' } }, { userinfo: 'never' }],
  ['nothing set', adFs, {}, { emailClaims: ['email', 'upn'], userinfo: 'never', ...assertionsOfAdFs }],
  [
    'nothing set',
    entraId,
    {},
    {
      clientAssertionAlgorithm: 'PS256',
      clientAssertionKeyName: 'x5t#S256',
      clientAssertionAudience: 'token-endpoint',
    },
  ],
  [
    'another form of assertions',
    entraId,
    { stored: { clientAssertionAlgorithm: 'RS256', clientAssertionKeyName: 'x5t' } },
    { clientAssertionAlgorithm: 'RS256', clientAssertionKeyName: 'x5t', clientAssertionAudience: 'token-endpoint' },
  ],
  [
    'userinfo by choice',
    adFs,
    { stored: { userinfo: 'always' } },
    { emailClaims: ['email', 'upn'], userinfo: 'always', ...assertionsOfAdFs },
  ],
  [
    'groups from userinfo by choice',
    adFs,
    { stored: { groupsSource: 'userinfo' } },
    { emailClaims: ['email', 'upn'], groupsSource: 'userinfo', ...assertionsOfAdFs },
  ],
  [
    'the usual address by choice',
    adFs,
    { stored: { emailClaims: ['email'] } },
    { emailClaims: ['email'], userinfo: 'never', ...assertionsOfAdFs },
  ],
];

describe('the effective options', () => {
  it.each(table)('with %s, of %o in %o, are %o', (_what, profile, state, expected) => {
    expect(changes(effectiveOptions(profile, { ...nothing, ...state }).options)).toEqual(expected);
  });

  it('say where each comes from', () => {
    const { explained } = effectiveOptions(zitadel, { ...nothing, stored: { prompt: 'login' } });
    const of = (name: string) => explained.find(({ option }) => option === name);
    expect(of('prompt')).toEqual({ option: 'prompt', value: 'login', source: 'configured', why: undefined });
    expect(of('groupsClaim')).toMatchObject({
      value: rolesClaim,
      source: 'profile',
      why: expect.stringMatching(/roles/),
    });
    expect(of('userinfo')).toEqual({ option: 'userinfo', value: 'when-needed', source: 'default', why: undefined });
    expect(explained).toHaveLength(Object.keys(connectionOptionDefaults).length);
  });

  it('say what a profile would have applied, and why it did not', () => {
    const { heldBack } = effectiveOptions(authelia, { ...nothing, needsGroups: true });
    expect(heldBack).toMatchObject([
      { applied: { option: 'additionalScopes' }, because: expect.stringMatching(/list/) },
    ]);
  });
});

describe('whatever a profile applies', () => {
  const everything: ConnectionState = {
    stored: {},
    needsGroups: true,
    scopesSupported: profiles.flatMap(({ applied }) =>
      applied.flatMap((one) => (one.option === 'additionalScopes' ? one.value : [])),
    ),
  };
  // The types forbid these options. This test also holds if somebody widens the types.
  const untouchable = [
    'trustedAudiences',
    'requiredClaims',
    'clockToleranceSeconds',
    'tokenEndpointAuthMethod',
    'acrValues',
    'maxAgeSeconds',
    'prompt',
    'groupNameMatching',
  ] as const;

  it.each(profiles.map((profile) => [profile.id, profile] as const))(
    'nothing that is verified changes: %s',
    (_id, profile) => {
      const { options } = effectiveOptions(profile, everything);
      for (const name of untouchable) {
        expect(options[name]).toEqual(connectionOptionDefaults[name]);
      }
    },
  );

  it.each(profiles.map((profile) => [profile.id, profile] as const))(
    'is a sentence of reason, and no default: %s',
    (_id, { applied, advised }) => {
      for (const { why } of [...applied, ...advised]) {
        expect(why).toMatch(/^[A-Z].*\.$/);
      }
      for (const { option, value } of applied) {
        expect(value).not.toEqual(connectionOptionDefaults[option]);
      }
    },
  );
});
