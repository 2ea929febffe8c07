import type { ClaimReference } from '../../contract/claim-reference.ts';
import { isJsonObject, member, type JsonObject } from '../bounded-json.ts';

/**
 * What claims hold at a reference. `blocked` means that a path leads into something other than an object, so the claims
 * are not built as the connection expects. That says nothing about the value, not even that there is none.
 */
export type ClaimLookup =
  | { readonly state: 'absent' }
  | { readonly state: 'blocked' }
  | { readonly state: 'found'; readonly value: unknown };

/**
 * Looks a claim up by its literal name or by its path. Only an object's own members count, lists are not entered, and
 * nothing along the way is called or converted.
 */
export function lookUpClaim(claims: JsonObject, reference: ClaimReference): ClaimLookup {
  if (typeof reference === 'string') return found(member(claims, reference));
  let value: unknown = claims;
  for (const name of reference) {
    // Providers write `null` for an object without content.
    if (value === undefined || value === null) return { state: 'absent' };
    if (!isJsonObject(value)) return { state: 'blocked' };
    value = member(value, name);
  }
  return found(value);
}

function found(value: unknown): ClaimLookup {
  return value === undefined ? { state: 'absent' } : { state: 'found', value };
}

/** The value of a claim; `undefined` where there is none. */
export function claimAt(claims: JsonObject, reference: ClaimReference): unknown {
  const lookup = lookUpClaim(claims, reference);
  return lookup.state === 'found' ? lookup.value : undefined;
}

/**
 * A value that is one text. Some providers write every claim as a list, so a list of exactly one text is that text. Of
 * several texts none can be preferred, so they stay a list.
 */
export function oneOfList(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 && typeof value[0] === 'string' ? value[0] : value;
}

/** The claim that a reference leads from. */
export function topLevelName(reference: ClaimReference): string {
  return typeof reference === 'string' ? reference : (reference[0] ?? '');
}

/** A reference as records show it: a path in the form in which it is stored. */
export function claimLabel(reference: ClaimReference): string {
  return typeof reference === 'string' ? reference : JSON.stringify(reference);
}
