import type { ConnectionOptions } from '../../contract/connection-options.ts';
import { nameLengthMax } from '../../contract/limits.ts';
import type { ClaimReference } from '../../contract/claim-reference.ts';
import type { JsonObject } from '../bounded-json.ts';
import { claimAt, oneOfList } from './claim-lookup.ts';

export interface FullName {
  readonly firstName: string;
  readonly lastName: string;
}

/** The claims that hold a name, if not the standard ones. */
export type NameClaims = Pick<ConnectionOptions, 'firstNameClaim' | 'lastNameClaim'>;

/**
 * Reads a user's name from the claims of OpenID Connect Core, section 5.1, or from those that the connection names. The
 * first name is `given_name`, otherwise `name` without a trailing `family_name`, otherwise the local part of the email
 * address, so it is never empty. The last name is `family_name` or `""`.
 */
export function readFullName(claims: JsonObject, localPart: string, options: NameClaims): FullName {
  const given = cleanName(textAt(claims, firstNameClaim(options)));
  const full = cleanName(textAt(claims, 'name'));
  const lastName = cleanName(textAt(claims, options.lastNameClaim || 'family_name'));
  const isTrailing = lastName !== '' && full.endsWith(` ${lastName}`);
  const fromFull = isTrailing ? full.slice(0, -lastName.length).trim() : full;
  return { firstName: given || fromFull || localPart, lastName };
}

/** Whether the claims have anything that can serve as a first name. */
export function hasName(claims: JsonObject, options: NameClaims): boolean {
  return [firstNameClaim(options), 'name'].some((claim) => cleanName(textAt(claims, claim)) !== '');
}

function firstNameClaim(options: NameClaims): ClaimReference {
  return options.firstNameClaim || 'given_name';
}

// Only a string, or a list of one string, counts. Anything else counts as absent, because a name never decides about a
// sign-in.
function textAt(claims: JsonObject, reference: ClaimReference): string | undefined {
  const value = oneOfList(claimAt(claims, reference));
  return typeof value === 'string' ? value : undefined;
}

const separators = /[\p{Cc}\p{Zl}\p{Zp}\s]+/gu;
// Bidirectional marks and other format characters, lone surrogates, and noncharacters of Unicode. The joiners U+200C
// and U+200D stay, because names in several scripts need them.
const unfit = /[[\p{Cf}\p{Cs}\p{Noncharacter_Code_Point}]--[\u200c\u200d]]/gv;

function cleanName(name: string | undefined): string {
  const clean = (name ?? '')
    .slice(0, 4 * nameLengthMax)
    .replace(unfit, '')
    .replace(separators, ' ')
    .trim();
  // Truncation must not leave half of a surrogate pair.
  return clean
    .slice(0, nameLengthMax)
    .replace(/[\ud800-\udbff]$/, '')
    .trim();
}
