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

/** The connection options that are strings, as `sso set` takes them. */
export const optionTexts: Readonly<Record<string, OptionSetting>> = {
  'auth-method': {
    field: 'tokenEndpointAuthMethod',
    value: 'method',
    choices: tokenEndpointAuthMethods,
    doc: 'The client authentication method. `private_key_jwt` and `none` need no secret.',
  },
  'assertion-algorithm': {
    field: 'clientAssertionAlgorithm',
    value: 'name',
    choices: clientAssertionAlgorithms,
    doc: 'The algorithm that signs the assertion of `private_key_jwt`.',
  },
  'assertion-key-name': {
    field: 'clientAssertionKeyName',
    value: 'name',
    choices: clientAssertionKeyNames,
    doc: 'How the assertion identifies its key.',
  },
  'assertion-audience': {
    field: 'clientAssertionAudience',
    value: 'name',
    choices: clientAssertionAudiences,
    doc: 'The audience of the assertion.',
  },
  prompt: { field: 'prompt', value: 'values', doc: '`login`, `select_account`, `consent`, or several; "" for none.' },
  'groups-claim': {
    field: 'groupsClaim',
    value: 'name',
    doc: 'The exact name of the groups claim; "" for `groups`.',
  },
  'groups-source': {
    field: 'groupsSource',
    value: 'source',
    choices: groupsSources,
    doc: 'Where groups are read from.',
  },
  'groups-format': {
    field: 'groupsFormat',
    value: 'format',
    choices: groupsFormats,
    doc: 'The format of the groups claim.',
  },
  'groups-delimiter': { field: 'groupsDelimiter', value: 'text', doc: 'The separator of delimited groups.' },
  'absent-groups': {
    field: 'absentGroupsClaim',
    value: 'meaning',
    choices: absentGroupsMeanings,
    doc: 'The meaning of a missing groups claim. `empty` ends the memberships that the identity provider gave.',
  },
  'group-matching': {
    field: 'groupNameMatching',
    value: 'rule',
    choices: groupNameMatchings,
    doc: 'How group names are compared.',
  },
  userinfo: { field: 'userinfo', value: 'use', choices: userinfoUses, doc: 'When the userinfo endpoint is called.' },
  'userinfo-alg': {
    field: 'userinfoSignedResponseAlg',
    value: 'algorithm',
    choices: userinfoAlgorithms,
    doc: 'The algorithm that signs userinfo responses. `automatic`: the one of the ID token, or unsigned.',
  },
};

/** The options that are given as JSON. */
export const optionJson: Readonly<Record<string, OptionSetting>> = {
  'groups-claim-path': {
    field: 'groupsClaim',
    value: 'json',
    doc: 'The path of the groups claim, as a JSON list of names: \'["realm_access", "roles"]\'.',
  },
  'required-claims': {
    field: 'requiredClaims',
    value: 'json',
    doc: 'Claims that the ID token must have, as a JSON object: \'{"groups": {"contains": "staff"}}\'; {} for none.',
  },
  'authorization-parameters': {
    field: 'authorizationParameters',
    value: 'json',
    doc: 'Fixed parameters of the authorization request, as a JSON object: \'{"kc_idp_hint": "corp"}\'; {} for none.',
  },
};

/** The options that are lists. */
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
    doc: 'Claims that may have the e-mail address, in order; "" for `email`.',
  },
  acr: { field: 'acrValues', value: 'list', doc: 'Authentication contexts, of which one is required; "" for any.' },
};

/** Splits a list as it is typed. */
export function listOf(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
