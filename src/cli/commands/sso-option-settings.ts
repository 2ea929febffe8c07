import {
  groupNameMatchings,
  groupsFormats,
  groupsSources,
  tokenEndpointAuthMethods,
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
    doc: 'How the client proves itself; `private_key_jwt` needs no secret.',
  },
  prompt: { field: 'prompt', value: 'values', doc: '`login`, `select_account`, `consent`, or several; "" for none.' },
  'groups-claim': { field: 'groupsClaim', value: 'name', doc: 'The claim that holds the groups; "" for `groups`.' },
  'groups-source': {
    field: 'groupsSource',
    value: 'source',
    choices: groupsSources,
    doc: 'Where groups are read from.',
  },
  'groups-format': { field: 'groupsFormat', value: 'format', choices: groupsFormats, doc: 'How groups are written.' },
  'groups-delimiter': { field: 'groupsDelimiter', value: 'text', doc: 'What separates groups that are delimited.' },
  'group-matching': {
    field: 'groupNameMatching',
    value: 'rule',
    choices: groupNameMatchings,
    doc: 'How names of groups are compared.',
  },
  userinfo: { field: 'userinfo', value: 'use', choices: userinfoUses, doc: 'When the userinfo endpoint is asked.' },
};

/** Those that are lists. */
export const optionLists: Readonly<Record<string, OptionSetting>> = {
  scopes: {
    field: 'additionalScopes',
    value: 'list',
    doc: 'Scopes besides the usual ones, separated by commas; "" for none.',
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
