import type { ConnectionOptions } from '../../contract/connection-options.ts';
import { groupsClaimCountMax } from '../../contract/limits.ts';
import { isJsonObject, member, type JsonObject } from '../bounded-json.ts';
import { lookUpClaim, topLevelName } from './claim-lookup.ts';
import { groupNames } from './groups-format.ts';

/**
 * What a provider said about groups. `empty` and `present` say which groups a person is in. `absent` says it only where
 * the connection has `absentGroupsClaim: empty`. After any other state nothing is known, so no membership may end.
 */
export type GroupsClaim =
  /** No claim, `null` or an empty text, in each place where the claim is looked for. */
  | { readonly state: 'absent'; readonly countsAsEmpty?: true }
  /** The claim would be in a userinfo response that could not be had. */
  | { readonly state: 'unavailable' }
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
  const groups = lookup.state === 'found' ? lookup.value : undefined;
  if (groups === undefined || groups === null || groups === '') {
    return { state: isAnnouncedElsewhere(claims, topLevelName(claimName)) ? 'overage' : 'absent' };
  }
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
