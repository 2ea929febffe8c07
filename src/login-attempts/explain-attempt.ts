import { type ErrorCode, errorTable } from '../contract/errors.ts';
import type { AttemptOutcome, Explanation, LoginAttempt } from '../contract/login-attempts.ts';
import { explainError, proofOf } from '../oidc/profiles/explain-error.ts';
import { recogniseProfile } from '../oidc/profiles/recognise-profile.ts';
import { explainRefusal } from './explanations.ts';
import { withWords } from './failure-facts.ts';
import type { StoredGroups, StoredRecord } from './stored-record.ts';

/** The code of a row, if it is one that this version knows. */
export function knownCode(code: string | null): ErrorCode | undefined {
  return code !== null && isErrorCode(code) ? code : undefined;
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorTable, code);
}

/** What happened in an attempt and what there is to do, for the admin who reads its record. */
export function explainAttempt(
  { outcome, code }: { outcome: AttemptOutcome; code: string | null },
  record: StoredRecord | undefined,
): Explanation {
  switch (outcome) {
    case 'started':
      return {
        whatHappened: 'The answer of the identity provider came, and checking it did not end.',
        whatToDo: 'If it was more than a minute ago, the server was stopped in between. The member starts again.',
      };
    case 'succeeded':
      return { whatHappened: successText(record), whatToDo: adviceOnAbsence(record) };
    case 'refused':
      return explainRefused(knownCode(code), record);
    default:
      return outcome satisfies never;
  }
}

// Nobody else would notice that a provider stopped sending the claim, for this person or for everybody.
function adviceOnAbsence(record: StoredRecord | undefined): string | null {
  const { byAbsence = false, removed = [], kept } = record?.groups ?? {};
  if (!byAbsence || (removed.length === 0 && kept === undefined)) return null;
  return 'If the person still is in these groups at the identity provider, it has stopped sending the groups claim: check its claim mapping and the scopes. If other sign-ins lack the claim too, set absentGroupsClaim to unknown until it is back. The memberships return with the next sign-in that names them.';
}

function successText(record: StoredRecord | undefined): string {
  switch (record?.account?.decision) {
    case 'linked':
      return 'The member signed in for the first time, and was linked to the account with their address.';
    case 'relinked':
      return 'The member came with another identity, as an admin had allowed, and keeps their account with it.';
    case 'rejoined':
      return 'The person was invited anew, and is a member again.';
    case 'provisioned':
      return 'The person signed in for the first time, and got an account.';
    default:
      return 'The member signed in.';
  }
}

function explainRefused(code: ErrorCode | undefined, record: StoredRecord | undefined): Explanation {
  // The words of a response that failed the check of its issuer are not known to be the provider's.
  const isVerified = code !== 'idp_issuer_mismatch';
  return (isVerified && record && explainByProfile(record)) || explainRefusal(code, record ?? {});
}

// The issuer says whose errors these are, and so what they mean.
function explainByProfile(record: StoredRecord): Explanation | undefined {
  const { steps, error, errorDescription, method, pkce } = record;
  const issuer = steps.find(({ name }) => name === 'provider_document')?.expected;
  if (issuer === undefined || error === undefined) return undefined;
  const { profile } = recogniseProfile({ issuer });
  const said = { error: String(error), errorDescription: errorDescription?.toString(), proof: proofOf(method) };
  const explained = explainError(profile, said);
  if (explained === undefined) return undefined;
  const { meaning, remedy, vendorCode, place } = explained;
  const advice = place === undefined ? remedy : `${remedy} In ${profile.displayName}: ${place}.`;
  return {
    whatHappened: withWords(vendorCode === undefined ? meaning : `${meaning} (${vendorCode})`, record),
    whatToDo: error === 'invalid_request' && pkce !== undefined ? `${advice}${adviceOnPkce(pkce)}` : advice,
  };
}

// PKCE is always sent. Providers that support it silently exist, and so do some that reject it.
function adviceOnPkce(pkce: string | number): string {
  switch (pkce) {
    case 'not_listed':
      return ' The discovery document does not list PKCE with S256 (code_challenge_methods_supported). This server always sends it, so let the application allow code_challenge.';
    case 'unknown':
      return ' This server always sends PKCE with S256, so let the application allow code_challenge.';
    default:
      return '';
  }
}

const routeReasons = {
  domain: 'The sign-in named an e-mail domain, and this organization owns it.',
  email: 'The sign-in named an e-mail address, and this organization owns its domain.',
  organization: 'The sign-in named this organization.',
  invitation: 'The person opened the link of an invitation to this organization.',
} as const;

/** By what the organization was found, and why. */
export function describeRoute({ by, revision = 0 }: StoredRecord): LoginAttempt['route'] {
  return by === undefined ? null : { by, reason: routeReasons[by], configRevision: revision };
}

const accountReasons: Readonly<Record<string, string>> = {
  known: 'This issuer and subject have signed in to this organization before.',
  linked: 'A member without an identity had the address, and this organization has proved its domain.',
  relinked:
    'A member had the address, an admin had let their identity go, and this organization has proved the domain.',
  provisioned: 'Neither the identity nor the address was known here.',
  rejoined: 'The identity was known, the membership was removed, and an admin has invited the address since.',
  membership_removed: 'The identity is known, but the membership was removed.',
  membership_inactive: 'The membership is switched off.',
  domain_not_verified: 'A member has the address, and this organization has not proved its domain.',
  address_not_verified: 'A member has the address, and the identity provider calls it unverified.',
  other_identity: 'A member has the address, and signs in with another identity.',
};

/** As whom somebody was let in, or why they were not. */
export function describeProvisioning(
  { account, ...record }: StoredRecord,
  code: ErrorCode | undefined,
): LoginAttempt['provisioning'] {
  if (account === undefined) return null;
  const { decision, changedFields } = account;
  const why = decision === 'refused' ? String(record.reason) : decision;
  const reason = accountReasons[why] ?? explainRefusal(code, record).whatHappened;
  return { decision, reason, changedFields: [...changedFields] };
}

/** What became of the groups. */
export function describeGroups({ groups, groupsClaim = 'absent' }: StoredRecord): LoginAttempt['groups'] {
  if (groups === undefined) return null;
  const { isManaged, named, unmatched, added, removed } = groups;
  const lists = { added: [...added], removed: [...removed] };
  const { byAbsence = false } = groups;
  const reason = groupsReason(groups, groupsClaim);
  return { isManaged, byAbsence, claim: groupsClaim, named, unmatched, ...lists, reason };
}

function groupsReason({ isManaged, unmatched, kept, byAbsence, removed }: StoredGroups, claim: string): string {
  if (!isManaged) return 'Sign-ins of this organization do not set groups.';
  if (byAbsence === true) return absenceReason(removed.length > 0, kept);
  if (kept !== undefined) return `The last admin stays in ${kept}, although the claim does not name it.`;
  switch (claim) {
    case 'present':
      return unmatched === 0
        ? 'Every group of the claim is a group here.'
        : 'Groups of the claim that this organization does not have are passed over; a sign-in makes none.';
    case 'empty':
      return 'The claim says that there are no groups.';
    case 'overage':
      return 'There were too many groups for the claim, so nothing was changed.';
    case 'malformed':
      return 'The claim could not be read, so nothing was changed.';
    case 'unavailable':
      return 'The groups claim would be in the userinfo response, which could not be had, so nothing was changed.';
    default:
      return 'There was no groups claim, so nothing was changed.';
  }
}

function absenceReason(hasRemoved: boolean, kept: string | undefined): string {
  const parts = [
    'There was no groups claim. This connection counts that as no groups (absentGroupsClaim is empty)',
    hasRemoved
      ? ', so the memberships that the identity provider gave have ended.'
      : ', and no membership that the identity provider gave was left to end.',
    kept === undefined ? '' : ` The last admin stays in ${kept}.`,
  ];
  return parts.join('');
}
