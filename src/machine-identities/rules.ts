import type { Actor } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import type { UniversalAuthSettings } from '../contract/identities.ts';
import type { Action } from '../access/permissions.ts';
import { normaliseTrustedIp } from './trusted-ips.ts';

/** An issue in the `details` of an error. */
interface SettingIssue {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/**
 * Whether the identity is an instance admin and the caller is not. An admin of its organization must not change it:
 * with a client secret for it, they would become an instance admin.
 */
export function isBeyondReach(actor: Actor, identity: { readonly is_instance_admin: 0 | 1 }, action: Action): boolean {
  return action !== 'read' && identity.is_instance_admin === 1 && !actor.isInstanceAdmin;
}

/** All settings of a universal auth. */
export type FullSettings = Required<UniversalAuthSettings>;

/** Settings that can be used as {@link FullSettings}, such as the defaults of the contract. */
type StandingSettings = { readonly [Name in keyof FullSettings]: Readonly<FullSettings[Name]> };

/**
 * Merges a caller's settings into the current ones, with IP ranges in canonical form.
 *
 * @throws `validation_failed`
 */
export function requireSettings(standing: StandingSettings, given: UniversalAuthSettings): FullSettings {
  const merged = { ...standing, ...given };
  const clientSecretRanges = checkRanges('clientSecretTrustedIps', merged.clientSecretTrustedIps);
  const accessTokenRanges = checkRanges('accessTokenTrustedIps', merged.accessTokenTrustedIps);
  const issues = [...clientSecretRanges.issues, ...accessTokenRanges.issues, ...checkLifetimes(merged)];
  if (issues.length > 0) throw appError('validation_failed', { meta: { issues } });
  return {
    ...merged,
    clientSecretTrustedIps: clientSecretRanges.ranges,
    accessTokenTrustedIps: accessTokenRanges.ranges,
  };
}

/** The names of the settings that differ. */
export function changedSettings(before: FullSettings, after: FullSettings): string[] {
  const standing = new Map(Object.entries(before).map(([name, value]) => [name, JSON.stringify(value)]));
  return Object.entries(after)
    .filter(([name, value]) => standing.get(name) !== JSON.stringify(value))
    .map(([name]) => name);
}

type Lifetimes = Pick<FullSettings, 'accessTokenTTL' | 'accessTokenMaxTTL'>;

// A maximum lifetime of 0 means none.
function checkLifetimes({ accessTokenTTL, accessTokenMaxTTL }: Lifetimes): SettingIssue[] {
  return accessTokenMaxTTL === 0 || accessTokenTTL <= accessTokenMaxTTL
    ? []
    : [{ path: 'accessTokenTTL', code: 'ttl_too_long', message: 'must not be longer than accessTokenMaxTTL' }];
}

// An empty list could mean everyone or no one, so the caller must be explicit.
function checkRanges(path: string, given: readonly { readonly ipAddress: string }[]) {
  if (given.length === 0) return { ranges: [], issues: [{ path, code: 'no_range', message: noRangeText }] };
  const issues: SettingIssue[] = [];
  const ranges = given.flatMap(({ ipAddress }, index) => {
    const range = normaliseTrustedIp(ipAddress);
    if (range !== undefined) return [{ ipAddress: range }];
    issues.push({ path: `${path}.${index}.ipAddress`, code: 'ip_range', message: badRangeText });
    return [];
  });
  return { ranges, issues };
}

const noRangeText = 'must name a range; 0.0.0.0/0 and ::/0 are all';
const badRangeText = 'must be an IP address or a CIDR range';
