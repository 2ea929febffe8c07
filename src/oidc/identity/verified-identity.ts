import type { ConnectionOptions } from '../../contract/connection-options.ts';
import { appError } from '../../contract/errors.ts';
import { parseEmailAddress, type EmailAddress } from '../../contract/email-address.ts';
import type { ClaimReference } from '../../contract/claim-reference.ts';
import { member, type JsonObject } from '../bounded-json.ts';
import { claimAt, claimLabel, oneOfList } from './claim-lookup.ts';
import { readGroups, type GroupsClaim } from './groups-claim.ts';
import { idTokenCheckNames } from '../callback/id-token-checks.ts';
import type { ValidatedIdToken } from '../callback/validate-with-library.ts';
import type { Userinfo } from '../callback/read-userinfo.ts';
import { namesPerson, readName } from './person-name.ts';
import { hasEmailAuthority } from '../profiles/email-authority.ts';
import type { Profile } from '../profiles/profile.ts';

/** Who signed in, as far as the provider may say so: every check of the callback was passed. */
export interface VerifiedIdentity {
  /** Code point by code point what the connection expects. */
  readonly issuer: string;
  /** Verbatim; byte-exact within the issuer (OpenID Connect Core, section 2). */
  readonly subject: string;
  /** As asserted. It identifies nobody: providers let people change it. */
  readonly email: string;
  /** The same address, parsed; `key` is what to compare. */
  readonly emailAddress: EmailAddress;
  /** Which claim of which source the address came from. */
  readonly emailFrom: { readonly claim: string; readonly source: 'id_token' | 'userinfo' };
  /**
   * From the source that the address came from. Absent, or anything but a boolean or its name: `unknown`. `no` besides
   * where any source has this very address as `email` and calls it unverified, and where the provider lets anybody have an account with a foreign address, and does not name that address's domain.
   */
  readonly emailVerified: 'yes' | 'no' | 'unknown';
  readonly firstName: string;
  readonly lastName: string;
  readonly groups: GroupsClaim;
  /** What was checked, in order, for the record of the attempt. */
  readonly checks: readonly string[];
}

/** Everything that was said of a person, and how the connection has it read. */
export interface IdentitySources {
  readonly token: ValidatedIdToken;
  readonly userinfo: Userinfo;
  readonly options: ConnectionOptions;
  /** Of the provider; it can only make an address count as unverified. */
  readonly profile: Profile;
}

/**
 * Puts an identity together from a checked ID token and, where that lacks something, from userinfo.
 *
 * @throws `email_missing`, `email_invalid`
 */
export function readIdentity(sources: IdentitySources, issuer: string): VerifiedIdentity {
  const { token, userinfo, options, profile } = sources;
  const more = userinfo.state === 'answered' ? userinfo.claims : {};
  const email = readEmail([token.claims, more], sources);
  const { domain } = email.address;
  const isBelieved =
    hasEmailAuthority(profile, { issuer, claims: token.claims, domain }) &&
    ![token.claims, more].some((claims) => callsUnverified(claims, email.address));
  return {
    issuer,
    subject: token.subject,
    email: email.address.text,
    emailAddress: email.address,
    emailFrom: { claim: email.claim, source: email.claims === more ? 'userinfo' : 'id_token' },
    emailVerified: isBelieved ? email.verified : 'no',
    ...readName(namesPerson(token.claims, options) ? token.claims : more, email.address.localPart, options),
    groups: interpretAbsence(readGroupsFrom({ token: token.claims, userinfo }, options), options),
    checks: userinfo.state === 'answered' ? [...callbackChecks, 'userinfo_sub'] : callbackChecks,
  };
}

const callbackChecks = ['state', 'callback_form', 'callback_iss', ...idTokenCheckNames];

/** Whether claims say anything at all about an address. */
export function hasEmail(claims: JsonObject, options: ConnectionOptions): boolean {
  return emailClaimsOf(options).some((claim) => isTold(claims, claim));
}

function emailClaimsOf({ emailClaims }: ConnectionOptions): readonly ClaimReference[] {
  return emailClaims.length === 0 ? [usualEmailClaim] : emailClaims;
}

const usualEmailClaim = 'email';

// An empty list says as little as an empty text.
function isTold(claims: JsonObject, claim: ClaimReference): boolean {
  const value = oneOfList(claimAt(claims, claim));
  const isEmptyList = Array.isArray(value) && value.length === 0;
  return value !== undefined && value !== null && value !== '' && !isEmptyList;
}

interface ToldEmail {
  readonly claim: string;
  readonly claims: JsonObject;
  readonly address: EmailAddress;
  readonly verified: VerifiedIdentity['emailVerified'];
}

// The first claim that holds anything counts, even if that is no address: to try the next one would let whoever can spoil
// one claim choose another. `email_verified` is about `email` alone, and about that of the same source.
function readEmail(places: readonly JsonObject[], { options, userinfo }: IdentitySources): ToldEmail {
  for (const reference of emailClaimsOf(options)) {
    const claims = places.find((source) => isTold(source, reference));
    if (claims !== undefined) {
      const claim = claimLabel(reference);
      const verified = reference === usualEmailClaim ? readEmailVerified(claims) : 'unknown';
      return { claim, claims, address: parseEmail(claim, claimAt(claims, reference)), verified };
    }
  }
  const claim = emailClaimsOf(options).map(claimLabel).join(', ');
  throw appError('email_missing', { meta: { step: 'claims', claim, userinfo: userinfo.state } });
}

function parseEmail(claim: string, value: unknown): EmailAddress {
  const email = oneOfList(value);
  const parsed =
    typeof email === 'string' ? parseEmailAddress(email) : ({ ok: false, reason: notAText(email) } as const);
  if (!parsed.ok) {
    throw appError('email_invalid', { meta: { step: 'claims', claim, reason: parsed.reason } });
  }
  return parsed.address;
}

function notAText(value: unknown): 'several_values' | 'not_a_string' {
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? 'several_values' : 'not_a_string';
}

// Only here, after every place was looked at, is the claim known to be absent.
function interpretAbsence(groups: GroupsClaim, { absentGroupsClaim }: ConnectionOptions): GroupsClaim {
  return groups.state === 'absent' && absentGroupsClaim === 'empty' ? { state: 'absent', countsAsEmpty: true } : groups;
}

function readGroupsFrom(
  { token, userinfo }: { readonly token: JsonObject; readonly userinfo: Userinfo },
  options: ConnectionOptions,
): GroupsClaim {
  const ofToken = () => readGroups(token, options);
  const ofUserinfo = () => readUserinfoGroups(userinfo, options);
  const firstOf = (one: GroupsClaim, other: () => GroupsClaim) => (one.state === 'absent' ? other() : one);
  switch (options.groupsSource) {
    case 'id_token':
      return ofToken();
    case 'userinfo':
      // Without the one source that counts, nothing is known.
      return userinfo.state === 'not_asked' ? { state: 'unavailable' } : ofUserinfo();
    case 'userinfo_first':
      return firstOf(ofUserinfo(), ofToken);
    case 'automatic':
      return firstOf(ofToken(), ofUserinfo);
    default:
      return options.groupsSource satisfies never;
  }
}

function readUserinfoGroups(userinfo: Userinfo, options: ConnectionOptions): GroupsClaim {
  switch (userinfo.state) {
    case 'answered':
      return readGroups(userinfo.claims, options);
    case 'not_asked':
      return { state: 'absent' };
    case 'unavailable':
      return { state: 'unavailable' };
    default:
      return userinfo satisfies never;
  }
}

// Of the same address, whatever claim it is taken from: what a provider says against it is never passed over.
function callsUnverified(claims: JsonObject, address: EmailAddress): boolean {
  if (readEmailVerified(claims) !== 'no') return false;
  const email = member(claims, usualEmailClaim);
  const emails: readonly unknown[] = Array.isArray(email) ? email : [email];
  return emails.some((one) => {
    const parsed = typeof one === 'string' ? parseEmailAddress(one) : undefined;
    return parsed?.ok === true && parsed.address.key === address.key;
  });
}

// A provider that writes every claim as a list may say `[false]`. A denial counts in that form too, a confirmation does not.
function readEmailVerified(claims: JsonObject): VerifiedIdentity['emailVerified'] {
  const verified = member(claims, 'email_verified');
  if (verified === true || verified === 'true') {
    return 'yes';
  }
  const values: readonly unknown[] = Array.isArray(verified) ? verified : [verified];
  return values.includes(false) || values.includes('false') ? 'no' : 'unknown';
}
