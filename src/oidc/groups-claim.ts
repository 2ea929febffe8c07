import type { ConnectionOptions } from '../contract/connection-options.ts';
import { groupsClaimCountMax } from '../contract/limits.ts';
import { isJsonObject, member, type JsonObject } from './bounded-json.ts';
import { lookUpClaim, topLevelName } from './claim-lookup.ts';
import { groupNames } from './groups-format.ts';

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

/** Which claim holds the groups, and how they are written in it. */
export type GroupsReading = Pick<ConnectionOptions, 'groupsClaim' | 'groupsFormat' | 'groupsDelimiter'>;

/**
 * Reads the claim that holds the groups: `groups` unless the connection names another. A leading `/` is kept.
 *
 * Too many groups for a token are announced elsewhere: by `_claim_names` (OpenID Connect Core, section 5.6.2), whose
 * endpoints are not called, or by `hasgroups`. More than `groupsClaimCountMax` in the claim itself count as that, too.
 */
export function readGroups(claims: JsonObject, reading: GroupsReading): GroupsClaim {
  const claimName = reading.groupsClaim === '' ? usualClaim : reading.groupsClaim;
  const lookup = lookUpClaim(claims, claimName);
  if (lookup.state === 'blocked') {
    return { state: 'malformed' };
  }
  if (lookup.state === 'absent') {
    return { state: isAnnouncedElsewhere(claims, topLevelName(claimName)) ? 'overage' : 'absent' };
  }
  const groups = lookup.value;
  // An array of anything that is too long is not looked at, item by item, to see what it is.
  if (Array.isArray(groups) && groups.length > groupsClaimCountMax) {
    return { state: 'overage' };
  }
  const names = groupNames(groups, reading);
  if (names === undefined) {
    return { state: 'malformed' };
  }
  if (names.length === 0) {
    return { state: 'empty' };
  }
  if (names.length > groupsClaimCountMax) {
    return { state: 'overage' };
  }
  // Nothing but blanks does not say that there are no groups.
  const told = [...new Set(names)].filter((name) => name.trim() !== '');
  return told.length === 0 ? { state: 'malformed' } : { state: 'present', names: told };
}

const usualClaim = 'groups';

function isAnnouncedElsewhere(claims: JsonObject, claimName: string): boolean {
  const elsewhere = member(claims, '_claim_names');
  const hasGroups = claimName === usualClaim ? member(claims, 'hasgroups') : undefined;
  return (
    (isJsonObject(elsewhere) && member(elsewhere, claimName) !== undefined) ||
    hasGroups === true ||
    hasGroups === 'true'
  );
}
