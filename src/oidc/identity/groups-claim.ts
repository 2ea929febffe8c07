import type { ConnectionOptions } from '../../contract/connection-options.ts';
import { groupsClaimCountMax } from '../../contract/limits.ts';
import { isJsonObject, member, type JsonObject } from '../bounded-json.ts';
import { lookUpClaim, topLevelName } from './claim-lookup.ts';
import { groupNames } from './groups-format.ts';

/**
 * The groups that the claims of a sign-in state. `empty` and `present` state the groups of the user. `absent` does so
 * only if the connection has `absentGroupsClaim: empty`. In any other state the groups are unknown, so no membership
 * may end.
 */
export type GroupsClaim =
  /** No claim, `null` or an empty string, in every place where the claim could be. */
  | { readonly state: 'absent'; readonly countsAsEmpty?: true }
  /** The claim would be in a userinfo response, but there was none. */
  | { readonly state: 'unavailable' }
  | { readonly state: 'empty' }
  | { readonly state: 'overage' }
  | { readonly state: 'malformed' }
  | { readonly state: 'present'; readonly names: readonly string[] };

/** Which claim holds the groups, and in which format. */
export type GroupsReading = Pick<ConnectionOptions, 'groupsClaim' | 'groupsFormat' | 'groupsDelimiter'>;

/**
 * Reads the claim that holds the groups: `groups`, or the one that the connection names. A leading `/` is kept.
 *
 * If a user has too many groups for a token, the provider says so in another claim: `_claim_names` (OpenID Connect
 * Core, section 5.6.2), whose endpoints are not called, or `hasgroups`. More than `groupsClaimCountMax` groups in the
 * claim itself count as too many, too.
 */
export function readGroups(claims: JsonObject, reading: GroupsReading): GroupsClaim {
  const claimName = reading.groupsClaim === '' ? usualClaim : reading.groupsClaim;
  const lookup = lookUpClaim(claims, claimName);
  if (lookup.state === 'blocked') {
    return { state: 'malformed' };
  }
  const groups = lookup.state === 'found' ? lookup.value : undefined;
  if (groups === undefined || groups === null || groups === '') {
    return { state: isAnnouncedElsewhere(claims, topLevelName(claimName)) ? 'overage' : 'absent' };
  }
  // An array that is too long is not inspected item by item.
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
  // A blank string does not mean that there are no groups.
  const distinct = [...new Set(names)].filter((name) => name.trim() !== '');
  return distinct.length === 0 ? { state: 'malformed' } : { state: 'present', names: distinct };
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
