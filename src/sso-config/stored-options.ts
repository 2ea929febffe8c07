import { connectionOptionDefaults, connectionOptionNames } from '../contract/connection-option-defaults.ts';
import type { ConnectionOptions } from '../contract/connection-options.ts';
import type { OidcConfigRow } from './queries.ts';

/** Whether an option has the same value in both. */
function isSameOption(name: keyof ConnectionOptions, one: ConnectionOptions, other: ConnectionOptions): boolean {
  return JSON.stringify(one[name]) === JSON.stringify(other[name]);
}

/** The columns that options fill: those that differ from their defaults, and the matching, which has its own. */
export function optionColumns(options: ConnectionOptions): Pick<OidcConfigRow, 'options' | 'group_name_matching'> {
  const set = connectionOptionNames.filter(
    (name) => name !== 'groupNameMatching' && !isSameOption(name, options, connectionOptionDefaults),
  );
  return {
    options: JSON.stringify(Object.fromEntries(set.map((name) => [name, options[name]]))),
    group_name_matching: options.groupNameMatching,
  };
}

/** The options that a row holds, complete. They were checked before they were stored. */
export function optionsOfRow(row: Pick<OidcConfigRow, 'options' | 'group_name_matching'>): ConnectionOptions {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is stored was made by optionColumns
  const set = JSON.parse(row.options) as Partial<ConnectionOptions>;
  return { ...connectionOptionDefaults, ...set, groupNameMatching: row.group_name_matching };
}

/** The options among all settings. */
export function optionsOfSettings(settings: ConnectionOptions): ConnectionOptions {
  return {
    ...connectionOptionDefaults,
    ...Object.fromEntries(connectionOptionNames.map((name) => [name, settings[name]])),
  };
}
