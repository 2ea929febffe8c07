import { describe, expect, it } from 'vitest';

import { connectionOptionDefaults } from '../../contract/connection-option-defaults.ts';
import type { ConnectionOptions } from '../../contract/connection-options.ts';
import { adFs } from './vendors/ad-fs.ts';
import { authelia } from './vendors/authelia.ts';
import { cognito } from './vendors/cognito.ts';
import { type ConnectionState, effectiveOptions } from './effective-options.ts';
import { entraId } from './vendors/entra-id.ts';
import { generic } from './generic.ts';
import { gitlab } from './vendors/gitlab.ts';
import type { Profile } from './profile.ts';
import { profiles } from './profiles.ts';
import { zitadel } from './vendors/zitadel.ts';

const nothing: ConnectionState = { stored: {}, needsGroups: false, scopesSupported: [] };
const rolesClaim = 'urn:zitadel:iam:org:project:roles';

/** The options that differ from their defaults. */
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
  ['nothing set, unknown provider', generic, {}, {}],
  ['nothing set', cognito, {}, { groupsClaim: 'cognito:groups' }],
  ['the default set', cognito, { stored: { groupsClaim: '' } }, { groupsClaim: 'cognito:groups' }],
  ['another claim set', cognito, { stored: { groupsClaim: 'groups' } }, { groupsClaim: 'groups' }],
  ['nothing set', zitadel, {}, { groupsClaim: rolesClaim, groupsFormat: 'object-keys' }],
  ['another claim set, in the usual format', zitadel, { stored: { groupsClaim: 'teams' } }, { groupsClaim: 'teams' }],
  [
    'another option set',
    zitadel,
    { stored: { clockToleranceSeconds: 5 } },
    { groupsClaim: rolesClaim, groupsFormat: 'object-keys', clockToleranceSeconds: 5 },
  ],
  [
    'a useful scope that is listed',
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
  ['a useless scope', authelia, { needsGroups: false, scopesSupported: ['groups'] }, {}],
  ['a scope that is not listed', authelia, { needsGroups: true, scopesSupported: ['openid'] }, {}],
  [
    'another scope set',
    authelia,
    { needsGroups: true, scopesSupported: ['groups'], stored: { additionalScopes: ['openid'] } },
    { additionalScopes: ['openid'] },
  ],
  ['nothing set', gitlab, {}, { groupsSource: 'userinfo_first' }],
  ['the default set by an admin', gitlab, { stored: { groupsSource: 'automatic' }, chosen: ['groupsSource'] }, {}],
  [
    'a default that no admin set',
    gitlab,
    { stored: { groupsSource: 'automatic' } },
    { groupsSource: 'userinfo_first' },
  ],
  ['no userinfo set by an admin', gitlab, { stored: { userinfo: 'never' } }, { userinfo: 'never' }],
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
    'userinfo set by an admin',
    adFs,
    { stored: { userinfo: 'always' } },
    { emailClaims: ['email', 'upn'], userinfo: 'always', ...assertionsOfAdFs },
  ],
  [
    'groups from userinfo set by an admin',
    adFs,
    { stored: { groupsSource: 'userinfo' } },
    { emailClaims: ['email', 'upn'], groupsSource: 'userinfo', ...assertionsOfAdFs },
  ],
  [
    'the usual email claim set by an admin',
    adFs,
    { stored: { emailClaims: ['email'] } },
    { emailClaims: ['email'], userinfo: 'never', ...assertionsOfAdFs },
  ],
];

describe('the effective options', () => {
  it.each(table)('with %s, profile %o and state %o, are %o', (_what, profile, state, expected) => {
    expect(changes(effectiveOptions(profile, { ...nothing, ...state }).options)).toEqual(expected);
  });

  it('show the source of each option', () => {
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

  it('show which option of the profile was not applied, and why', () => {
    const { heldBack } = effectiveOptions(authelia, { ...nothing, needsGroups: true });
    expect(heldBack).toMatchObject([
      { applied: { option: 'additionalScopes' }, because: expect.stringMatching(/list/) },
    ]);
  });
});

describe('the options that a profile applies', () => {
  const everything: ConnectionState = {
    stored: {},
    needsGroups: true,
    scopesSupported: profiles.flatMap(({ applied }) =>
      applied.flatMap((one) => (one.option === 'additionalScopes' ? one.value : [])),
    ),
  };
  // The types forbid these options. This test also fails if the types become wider.
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
    'change nothing that is verified, in the profile %s',
    (_id, profile) => {
      const { options } = effectiveOptions(profile, everything);
      for (const name of untouchable) {
        expect(options[name]).toEqual(connectionOptionDefaults[name]);
      }
    },
  );

  it.each(profiles.map((profile) => [profile.id, profile] as const))(
    'differ from the defaults and have a reason of one sentence, in the profile %s',
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
