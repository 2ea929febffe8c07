import type { ClaimReference } from '../../contract/claim-reference.ts';
import { isJsonObject, member, type JsonObject } from '../bounded-json.ts';

/**
 * The value of claims at a reference. `blocked` means that a path leads into something other than an object, so the
 * claims do not have the structure that the connection expects. Nothing is known about the value, not even that it is
 * absent.
 */
export type ClaimLookup =
  | { readonly state: 'absent' }
  | { readonly state: 'blocked' }
  | { readonly state: 'found'; readonly value: unknown };

/**
 * Looks up a claim by its literal name or by its path. It reads only own properties and enters no lists, and it calls
 * or converts nothing on the way.
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

/** The value of a claim; `undefined` if it is absent. */
export function claimAt(claims: JsonObject, reference: ClaimReference): unknown {
  const lookup = lookUpClaim(claims, reference);
  return lookup.state === 'found' ? lookup.value : undefined;
}

/**
 * Some providers write every claim as a list, so a list of exactly one string becomes that string. A list of several
 * strings stays a list, because none of them has priority.
 */
export function oneOfList(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 && typeof value[0] === 'string' ? value[0] : value;
}

/** The claim at which a reference starts. */
export function topLevelName(reference: ClaimReference): string {
  return typeof reference === 'string' ? reference : (reference[0] ?? '');
}

/** A reference as records show it: a path in its stored form. */
export function claimLabel(reference: ClaimReference): string {
  return typeof reference === 'string' ? reference : JSON.stringify(reference);
}
