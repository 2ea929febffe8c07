import { groupsClaimCountMax } from '../contract/limits.ts';
import { isJsonObject, member, type JsonObject } from './bounded-json.ts';

/**
 * What a provider said about groups. Only `empty` and `present` say which groups somebody is in; after any other state
 * nothing is known, so nothing may be taken away.
 */
export type GroupsClaim =
  | { readonly state: 'absent' }
  | { readonly state: 'empty' }
  | { readonly state: 'overage' }
  | { readonly state: 'malformed' }
  | { readonly state: 'present'; readonly names: readonly string[] };

/**
 * Reads the `groups` claim: a string, or an array of strings. A leading `/` is kept.
 *
 * Too many groups for a token are announced elsewhere: by `_claim_names` (OpenID Connect Core, section 5.6.2), whose
 * endpoints are not called, or by `hasgroups`. More than `groupsClaimCountMax` in the claim itself count as that, too.
 */
export function readGroups(claims: JsonObject): GroupsClaim {
  const groups = member(claims, 'groups');
  if (groups === undefined) {
    return { state: isAnnouncedElsewhere(claims) ? 'overage' : 'absent' };
  }
  const list: readonly unknown[] = Array.isArray(groups) ? groups : [groups];
  if (list.length > groupsClaimCountMax) {
    return { state: 'overage' };
  }
  const names = list.filter((name) => typeof name === 'string');
  if (names.length !== list.length) {
    return { state: 'malformed' };
  }
  if (list.length === 0) {
    return { state: 'empty' };
  }
  // Nothing but blanks does not say that there are no groups.
  const told = [...new Set(names)].filter((name) => name.trim() !== '');
  return told.length === 0 ? { state: 'malformed' } : { state: 'present', names: told };
}

function isAnnouncedElsewhere(claims: JsonObject): boolean {
  const elsewhere = member(claims, '_claim_names');
  const hasGroups = member(claims, 'hasgroups');
  return (
    (isJsonObject(elsewhere) && member(elsewhere, 'groups') !== undefined) || hasGroups === true || hasGroups === 'true'
  );
}
