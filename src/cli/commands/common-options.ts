import type { Role } from '../../contract/shapes.ts';
import type { Option } from '../command.ts';

/** The roles of the contract, written here because loading the contract would slow every command down. */
const roles = ['admin', 'member', 'no-access'] as const satisfies readonly Role[];

export const roleOption: Option = { value: 'role', doc: 'The role.', choices: roles };

export const yesOption: Option = { short: 'y', doc: 'Do not ask for confirmation.' };

/** The part of a long list to show. */
export const pageOptions: Readonly<Record<string, Option>> = {
  limit: { value: 'count', doc: 'Show up to this many.', isNumber: true },
  offset: { value: 'count', doc: 'Skip this many first.', isNumber: true },
};

/** An option with the values on and off. */
export function onOff(doc: string): Option {
  return { value: 'on|off', doc, choices: ['on', 'off'] };
}

/** The value of an on/off option. */
export function isOn(text: string | undefined): boolean | undefined {
  return text === undefined ? undefined : text === 'on';
}
