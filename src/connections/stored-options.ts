import { connectionOptionDefaults, connectionOptionNames } from '../contract/connection-option-defaults.ts';
import type { ConnectionOptions } from '../contract/connection-options.ts';
import type { OidcConfigRow } from './queries.ts';

/** Whether an option has the same value in both. */
function isSameOption(name: keyof ConnectionOptions, one: ConnectionOptions, other: ConnectionOptions): boolean {
  return JSON.stringify(one[name]) === JSON.stringify(other[name]);
}

/**
 * Options whose default a profile may replace, and whose default is an explicit value. If a request names one, that is
 * a choice, even of the default. An empty string or list is not a choice: it restores the default, including the
 * profile's.
 */
const choices: readonly (keyof ConnectionOptions)[] = ['groupsSource', 'groupsFormat', 'userinfo'];

/** The options that a request sets to their default explicitly. */
export function chosenDefaultsOf(request: Partial<ConnectionOptions>): (keyof ConnectionOptions)[] {
  return choices.filter((name) => request[name] === connectionOptionDefaults[name]);
}

/** The same for a row, which stores such an option although it equals its default. */
export function chosenDefaultsOfRow({ options }: Pick<OidcConfigRow, 'options'>): (keyof ConnectionOptions)[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is stored was made by optionColumns
  return chosenDefaultsOf(JSON.parse(options) as Partial<ConnectionOptions>);
}

/**
 * The columns of options: those that differ from their defaults or were chosen explicitly, and `groupNameMatching`,
 * which has a column.
 */
export function optionColumns(
  options: ConnectionOptions & { readonly chosenDefaults: readonly (keyof ConnectionOptions)[] },
): Pick<OidcConfigRow, 'options' | 'group_name_matching'> {
  const { chosenDefaults } = options;
  const set = connectionOptionNames.filter(
    (name) =>
      name !== 'groupNameMatching' &&
      (chosenDefaults.includes(name) || !isSameOption(name, options, connectionOptionDefaults)),
  );
  return {
    options: JSON.stringify(Object.fromEntries(set.map((name) => [name, options[name]]))),
    group_name_matching: options.groupNameMatching,
  };
}

/** All options of a row. They were validated before they were stored. */
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
