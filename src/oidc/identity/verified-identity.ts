import { isCleanText } from '../../contract/text.ts';
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
import { hasName, readFullName } from './full-name.ts';
import { hasEmailAuthority } from '../profiles/email-authority.ts';
import type { Profile } from '../profiles/profile.ts';

/** Who signed in, according to the provider. Every check of the callback passed. */
export interface VerifiedIdentity {
  /** Equal to the issuer that the connection expects, code point by code point. */
  readonly issuer: string;
  /** Verbatim. Unique within the issuer, byte by byte (OpenID Connect Core, section 2). */
  readonly subject: string;
  /** As the provider states it. It does not identify the user, because providers let users change it. */
  readonly email: string;
  /** The same address, parsed. Compare its `key`. */
  readonly emailAddress: EmailAddress;
  /** The claim and the source of the address. */
  readonly emailFrom: { readonly claim: string; readonly source: 'id_token' | 'userinfo' };
  /**
   * From the same source as the address. `unknown` if the claim is absent, or neither a boolean nor its name. Two rules
   * make it `no` in any case:
   * - Any source has the same address as `email` and calls it unverified.
   * - The provider lets every account use a foreign address, and is not the authority for this domain.
   */
  readonly emailVerified: 'yes' | 'no' | 'unknown';
  readonly firstName: string;
  readonly lastName: string;
  readonly groups: GroupsClaim;
  /** What the ID token says about the authentication of the user, and no more. */
  readonly authentication: Authentication;
  /** The names of the checks in their order, for the record of the attempt. */
  readonly checks: readonly string[];
}

/** The claims about an authentication (OpenID Connect Core 1.0, section 2), as far as they have the right form. */
export interface Authentication {
  readonly acr: string | undefined;
  readonly amr: readonly string[];
  /** `auth_time`. */
  readonly authenticatedAtMs: number | undefined;
}

/** All claims about a user, and how the connection reads them. */
export interface IdentitySources {
  readonly token: ValidatedIdToken;
  readonly userinfo: Userinfo;
  readonly options: ConnectionOptions;
  /** The provider's profile. It can only make an address count as unverified. */
  readonly profile: Profile;
}

/**
 * Reads the identity from a validated ID token and, if the token lacks something, from userinfo.
 *
 * @throws `email_missing`, `email_invalid`
 */
export function readIdentity(sources: IdentitySources, issuer: string): VerifiedIdentity {
  const { token, userinfo, options, profile } = sources;
  const more = userinfo.state === 'received' ? userinfo.claims : {};
  const email = readEmail([token.claims, more], sources);
  const { domain } = email.address;
  const isAuthoritative =
    hasEmailAuthority(profile, { issuer, claims: token.claims, domain }) &&
    ![token.claims, more].some((claims) => callsUnverified(claims, email.address));
  return {
    issuer,
    subject: token.subject,
    email: email.address.text,
    emailAddress: email.address,
    emailFrom: { claim: email.claim, source: email.claims === more ? 'userinfo' : 'id_token' },
    emailVerified: isAuthoritative ? email.verified : 'no',
    ...readFullName(hasName(token.claims, options) ? token.claims : more, email.address.localPart, options),
    groups: interpretAbsence(readGroupsFrom({ token: token.claims, userinfo }, options), options),
    authentication: readAuthentication(token.claims),
    checks: userinfo.state === 'received' ? [...callbackChecks, 'userinfo_sub'] : callbackChecks,
  };
}

const acrLengthMax = 255;
const amrCountMax = 20;

function readAuthentication({ acr, amr, auth_time: authTime }: JsonObject): Authentication {
  const isText = (value: unknown): value is string =>
    typeof value === 'string' && value.length <= acrLengthMax && isCleanText(value);
  const methods: readonly unknown[] = Array.isArray(amr) ? amr : [];
  return {
    acr: isText(acr) && acr !== '' ? acr : undefined,
    amr: methods.filter(isText).slice(0, amrCountMax),
    authenticatedAtMs: Number.isSafeInteger(authTime) && Number(authTime) > 0 ? Number(authTime) * 1000 : undefined,
  };
}

const callbackChecks = ['state', 'callback_form', 'callback_iss', ...idTokenCheckNames];

/** Whether the claims have any value for an email address. */
export function hasEmail(claims: JsonObject, options: ConnectionOptions): boolean {
  return emailClaimsOf(options).some((claim) => hasValue(claims, claim));
}

function emailClaimsOf({ emailClaims }: ConnectionOptions): readonly ClaimReference[] {
  return emailClaims.length === 0 ? [usualEmailClaim] : emailClaims;
}

const usualEmailClaim = 'email';

// An empty list counts as absent, as an empty string does.
function hasValue(claims: JsonObject, claim: ClaimReference): boolean {
  const value = oneOfList(claimAt(claims, claim));
  const isEmptyList = Array.isArray(value) && value.length === 0;
  return value !== undefined && value !== null && value !== '' && !isEmptyList;
}

interface FoundEmail {
  readonly claim: string;
  readonly claims: JsonObject;
  readonly address: EmailAddress;
  readonly verified: VerifiedIdentity['emailVerified'];
}

// The first claim with any value counts, even if that is not an address. If the next one were tried, an attacker who can
// spoil one claim could choose another. `email_verified` applies only to `email` of the same source.
function readEmail(places: readonly JsonObject[], { options, userinfo }: IdentitySources): FoundEmail {
  for (const reference of emailClaimsOf(options)) {
    const claims = places.find((source) => hasValue(source, reference));
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

// The claim is known to be absent only here, after every source was read.
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
      // Without its only source the groups are unknown.
      return userinfo.state === 'not_requested' ? { state: 'unavailable' } : ofUserinfo();
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
    case 'received':
      return readGroups(userinfo.claims, options);
    case 'not_requested':
      return { state: 'absent' };
    case 'unavailable':
      return { state: 'unavailable' };
    default:
      return userinfo satisfies never;
  }
}

// Compares the address whatever claim it comes from, so that no statement of the provider against it is ignored.
function callsUnverified(claims: JsonObject, address: EmailAddress): boolean {
  if (readEmailVerified(claims) !== 'no') return false;
  const email = member(claims, usualEmailClaim);
  const emails: readonly unknown[] = Array.isArray(email) ? email : [email];
  return emails.some((one) => {
    const parsed = typeof one === 'string' ? parseEmailAddress(one) : undefined;
    return parsed?.ok === true && parsed.address.key === address.key;
  });
}

// A provider that writes every claim as a list may send `[false]`. `false` counts in that form too, `true` does not.
function readEmailVerified(claims: JsonObject): VerifiedIdentity['emailVerified'] {
  const verified = member(claims, 'email_verified');
  if (verified === true || verified === 'true') {
    return 'yes';
  }
  const values: readonly unknown[] = Array.isArray(verified) ? verified : [verified];
  return values.includes(false) || values.includes('false') ? 'no' : 'unknown';
}
