import {
  absentGroupsMeanings,
  clientAssertionAlgorithms,
  clientAssertionAudiences,
  clientAssertionKeyNames,
  groupNameMatchings,
  groupsFormats,
  groupsSources,
  tokenEndpointAuthMethods,
  userinfoAlgorithms,
  userinfoUses,
} from '../../contract/connection-option-values.ts';
import type { ConnectionOptions } from '../../contract/connection-options.ts';
import type { Option } from '../command.ts';

interface OptionSetting extends Option {
  readonly field: keyof ConnectionOptions;
}

/** The options of a connection that are texts, as `sso set` takes them. */
export const optionTexts: Readonly<Record<string, OptionSetting>> = {
  'auth-method': {
    field: 'tokenEndpointAuthMethod',
    value: 'method',
    choices: tokenEndpointAuthMethods,
    doc: 'How the client authenticates; `private_key_jwt` and `none` need no secret.',
  },
  'assertion-algorithm': {
    field: 'clientAssertionAlgorithm',
    value: 'name',
    choices: clientAssertionAlgorithms,
    doc: 'What signs the assertion of `private_key_jwt`.',
  },
  'assertion-key-name': {
    field: 'clientAssertionKeyName',
    value: 'name',
    choices: clientAssertionKeyNames,
    doc: 'How the assertion names its key.',
  },
  'assertion-audience': {
    field: 'clientAssertionAudience',
    value: 'name',
    choices: clientAssertionAudiences,
    doc: 'Whom the assertion is for.',
  },
  prompt: { field: 'prompt', value: 'values', doc: '`login`, `select_account`, `consent`, or several; "" for none.' },
  'groups-claim': {
    field: 'groupsClaim',
    value: 'name',
    doc: 'The literal name of the claim that holds the groups; "" for `groups`.',
  },
  'groups-source': {
    field: 'groupsSource',
    value: 'source',
    choices: groupsSources,
    doc: 'Where groups are read from.',
  },
  'groups-format': { field: 'groupsFormat', value: 'format', choices: groupsFormats, doc: 'How groups are written.' },
  'groups-delimiter': { field: 'groupsDelimiter', value: 'text', doc: 'What separates groups that are delimited.' },
  'absent-groups': {
    field: 'absentGroupsClaim',
    value: 'meaning',
    choices: absentGroupsMeanings,
    doc: 'What a sign-in without a groups claim means; `empty` ends the memberships that the identity provider gave.',
  },
  'group-matching': {
    field: 'groupNameMatching',
    value: 'rule',
    choices: groupNameMatchings,
    doc: 'How names of groups are compared.',
  },
  userinfo: { field: 'userinfo', value: 'use', choices: userinfoUses, doc: 'When the userinfo endpoint is asked.' },
  'userinfo-alg': {
    field: 'userinfoSignedResponseAlg',
    value: 'algorithm',
    choices: userinfoAlgorithms,
    doc: 'What userinfo responses are signed with; `automatic`: as ID tokens are, or not at all.',
  },
};

/** Those that are given as JSON, because a text could not say what is meant. */
export const optionJson: Readonly<Record<string, OptionSetting>> = {
  'groups-claim-path': {
    field: 'groupsClaim',
    value: 'json',
    doc: 'The path of the claim that holds the groups, as a JSON list of names: \'["realm_access", "roles"]\'.',
  },
  'required-claims': {
    field: 'requiredClaims',
    value: 'json',
    doc: 'Claims that the ID token must hold, as a JSON object: \'{"groups": {"contains": "staff"}}\'; {} for none.',
  },
  'authorization-parameters': {
    field: 'authorizationParameters',
    value: 'json',
    doc: 'Fixed parameters of the authorization request, as a JSON object: \'{"kc_idp_hint": "corp"}\'; {} for none.',
  },
};

/** Those that are lists. */
export const optionLists: Readonly<Record<string, OptionSetting>> = {
  scopes: {
    field: 'additionalScopes',
    value: 'list',
    doc: 'Scopes in addition to `openid profile email`, separated by commas; "" for none.',
  },
  'exact-scopes': {
    field: 'scopes',
    value: 'list',
    doc: 'All scopes instead of `openid profile email`, separated by commas; "" for the usual ones.',
  },
  'email-claims': {
    field: 'emailClaims',
    value: 'list',
    doc: 'Claims that may hold the address, in order; "" for `email`.',
  },
  acr: { field: 'acrValues', value: 'list', doc: 'Authentication contexts of which one is demanded; "" for any.' },
};

/** The entries of a list as it is typed. */
export function listOf(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
