import { appError } from '../contract/errors.ts';
import { parseEmailAddress, type EmailAddress } from '../contract/email-address.ts';
import { member, type JsonObject } from './bounded-json.ts';
import { readGroups, type GroupsClaim } from './groups-claim.ts';
import { idTokenCheckNames, type CheckedIdToken } from './id-token-checks.ts';
import { namesPerson, readName } from './person-name.ts';
import type { UserinfoClaims } from './userinfo.ts';

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
  /** From the source that the address came from. Absent, or anything but a boolean or its name: `unknown`. */
  readonly emailVerified: 'yes' | 'no' | 'unknown';
  readonly firstName: string;
  readonly lastName: string;
  readonly groups: GroupsClaim;
  /** What was checked, in order, for the record of the attempt. */
  readonly checks: readonly string[];
}

/**
 * Puts an identity together from a checked ID token and, where that lacks something, from userinfo.
 *
 * @throws `email_missing`, `email_invalid`
 */
export function readIdentity(
  token: CheckedIdToken,
  issuer: string,
  userinfo: UserinfoClaims | undefined,
): VerifiedIdentity {
  const more = userinfo?.claims ?? {};
  const emailSource = hasEmail(token.claims) ? token.claims : more;
  const emailAddress = readEmail(emailSource);
  const groups = readGroups(token.claims);
  return {
    issuer,
    subject: token.subject,
    email: emailAddress.text,
    emailAddress,
    emailVerified: readEmailVerified(emailSource),
    ...readName(namesPerson(token.claims) ? token.claims : more, emailAddress.localPart),
    groups: groups.state === 'absent' ? readGroups(more) : groups,
    checks: userinfo === undefined ? callbackChecks : [...callbackChecks, 'userinfo_sub'],
  };
}

const callbackChecks = ['state', 'callback_form', 'callback_iss', ...idTokenCheckNames];

/** Whether claims say anything at all about an address. */
export function hasEmail(claims: JsonObject): boolean {
  const email = member(claims, 'email');
  return email !== undefined && email !== null && email !== '';
}

function readEmail(claims: JsonObject): EmailAddress {
  if (!hasEmail(claims)) {
    throw appError('email_missing', { meta: { step: 'claims', claim: 'email' } });
  }
  const email = member(claims, 'email');
  const parsed =
    typeof email === 'string' ? parseEmailAddress(email) : ({ ok: false, reason: 'not_a_string' } as const);
  if (!parsed.ok) {
    throw appError('email_invalid', { meta: { step: 'claims', claim: 'email', reason: parsed.reason } });
  }
  return parsed.address;
}

function readEmailVerified(claims: JsonObject): VerifiedIdentity['emailVerified'] {
  const verified = member(claims, 'email_verified');
  if (verified === true || verified === 'true') {
    return 'yes';
  }
  return verified === false || verified === 'false' ? 'no' : 'unknown';
}
