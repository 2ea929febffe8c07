import type { ConnectionOptions } from '../../contract/connection-options.ts';
import { nameLengthMax } from '../../contract/limits.ts';
import type { ClaimReference } from '../../contract/claim-reference.ts';
import type { JsonObject } from '../bounded-json.ts';
import { claimAt, oneOfList } from './claim-lookup.ts';

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
  const given = cleanName(textAt(claims, firstNameClaim(reading)));
  const full = cleanName(textAt(claims, 'name'));
  const lastName = cleanName(textAt(claims, reading.lastNameClaim || 'family_name'));
  const isTrailing = lastName !== '' && full.endsWith(` ${lastName}`);
  const fromFull = isTrailing ? full.slice(0, -lastName.length).trim() : full;
  return { firstName: given || fromFull || localPart, lastName };
}

/** Whether the claims hold anything that a first name can be made of. */
export function namesPerson(claims: JsonObject, reading: NameReading): boolean {
  return [firstNameClaim(reading), 'name'].some((claim) => cleanName(textAt(claims, claim)) !== '');
}

function firstNameClaim(reading: NameReading): ClaimReference {
  return reading.firstNameClaim || 'given_name';
}

// Anything but a text, alone or in a list of one, counts as absent: a name never decides about a sign-in.
function textAt(claims: JsonObject, reference: ClaimReference): string | undefined {
  const value = oneOfList(claimAt(claims, reference));
  return typeof value === 'string' ? value : undefined;
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
