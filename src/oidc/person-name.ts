import type { ConnectionOptions } from '../contract/connection-options.ts';
import { nameLengthMax } from '../contract/limits.ts';
import { stringMember, type JsonObject } from './bounded-json.ts';

export interface PersonName {
  readonly firstName: string;
  readonly lastName: string;
}

/** Which claims hold a name, where they are not the usual ones. */
export type NameReading = Pick<ConnectionOptions, 'firstNameClaim' | 'lastNameClaim'>;

/**
 * A person's name from the claims of OpenID Connect Core, section 5.1, or from those that the connection names instead.
 * First name: `given_name`, else `name` without a trailing `family_name`, else the local part of the address, so that it
 * is never empty. Last name: `family_name` or `""`.
 */
export function readName(claims: JsonObject, localPart: string, reading: NameReading): PersonName {
  const given = cleanName(stringMember(claims, firstNameClaim(reading)));
  const full = cleanName(stringMember(claims, 'name'));
  const lastName = cleanName(stringMember(claims, reading.lastNameClaim || 'family_name'));
  const isTrailing = lastName !== '' && full.endsWith(` ${lastName}`);
  const fromFull = isTrailing ? full.slice(0, -lastName.length).trim() : full;
  return { firstName: given || fromFull || localPart, lastName };
}

/** Whether the claims hold anything that a first name can be made of. */
export function namesPerson(claims: JsonObject, reading: NameReading): boolean {
  return [firstNameClaim(reading), 'name'].some((claim) => cleanName(stringMember(claims, claim)) !== '');
}

function firstNameClaim(reading: NameReading): string {
  return reading.firstNameClaim || 'given_name';
}

const separators = /[\p{Cc}\p{Zl}\p{Zp}\s]+/gu;
// Bidirectional marks and other format characters, lone surrogates, what Unicode never makes characters. The joiners U+200C and U+200D stay: several scripts
// need them in names.
const unfit = /[[\p{Cf}\p{Cs}\p{Noncharacter_Code_Point}]--[\u200c\u200d]]/gv;

function cleanName(name: string | undefined): string {
  const clean = (name ?? '')
    .slice(0, 4 * nameLengthMax)
    .replace(unfit, '')
    .replace(separators, ' ')
    .trim();
  // Cutting must not leave half of a surrogate pair.
  return clean
    .slice(0, nameLengthMax)
    .replace(/[\ud800-\udbff]$/, '')
    .trim();
}
