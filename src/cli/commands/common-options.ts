import type { Role } from '../../contract/shapes.ts';
import type { Option } from '../command.ts';

/** The roles of the contract; the list itself stands where loading it costs the start of every command. */
const roles = ['admin', 'member', 'no-access'] as const satisfies readonly Role[];

export const roleOption: Option = { value: 'role', doc: 'What they may do.', choices: roles };

export const yesOption: Option = { short: 'y', doc: 'Do not ask.' };

/** Which part of a long list. */
export const pageOptions: Readonly<Record<string, Option>> = {
  limit: { value: 'count', doc: 'Show at most this many.', isNumber: true },
  offset: { value: 'count', doc: 'Leave out this many first.', isNumber: true },
};

/** An option that switches something on or off. */
export function onOff(doc: string): Option {
  return { value: 'on|off', doc, choices: ['on', 'off'] };
}

/** What an on/off option says. */
export function isOn(text: string | undefined): boolean | undefined {
  return text === undefined ? undefined : text === 'on';
}
