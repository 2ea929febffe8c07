import { provisioningRefusals } from '../contract/error-meta.ts';
import { type ErrorCode, errorTable } from '../contract/errors.ts';
import type { AttemptOutcome, Explanation, LoginAttempt } from '../contract/login-attempts.ts';
import { explainError, proofOf } from '../oidc/profiles/explain-error.ts';
import { recogniseProfile } from '../oidc/profiles/recognise-profile.ts';
import { textOf } from '../texts/text-of.ts';
import { explainRefusal } from './explanations.ts';
import type { StoredGroups, StoredRecord } from './stored-record.ts';

/** The code of a row, if this version knows it. */
export function knownCode(code: string | null): ErrorCode | undefined {
  return code !== null && isErrorCode(code) ? code : undefined;
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorTable, code);
}

/** Explains an attempt to the admin who reads its record: what happened, and what to do. */
export function explainAttempt(
  { outcome, code }: { outcome: AttemptOutcome; code: string | null },
  record: StoredRecord | undefined,
): Explanation {
  switch (outcome) {
    case 'started':
      return {
        whatHappened: textOf('en', 'attemptOutcomes', { code: 'started' }),
        whatToDo: textOf('en', 'attemptAdvice', { code: 'started' }),
      };
    case 'succeeded':
      return { whatHappened: successText(record), whatToDo: adviceOnAbsence(record) };
    case 'refused':
      return explainRefused(knownCode(code), record);
    default:
      return outcome satisfies never;
  }
}

// Nothing else shows an admin that a provider stopped sending the claim, for this user or for all users.
function adviceOnAbsence(record: StoredRecord | undefined): string | null {
  const { byAbsence = false, removed = [], kept } = record?.groups ?? {};
  if (!byAbsence || (removed.length === 0 && kept === undefined)) return null;
  return textOf('en', 'attemptAdvice', { code: 'groups_claim_absent' });
}

function successText(record: StoredRecord | undefined): string {
  const decision = record?.account?.decision ?? 'known';
  return textOf('en', 'attemptOutcomes', { code: decision === 'refused' ? 'known' : decision });
}

function explainRefused(code: ErrorCode | undefined, record: StoredRecord | undefined): Explanation {
  // An error in a response that failed the check of its issuer may not be the provider's.
  const isVerified = code !== 'idp_issuer_mismatch';
  return (isVerified && record && explainByProfile(record)) || explainRefusal(code, record ?? {});
}

// The issuer says which vendor's errors these are, and so what they mean.
function explainByProfile(record: StoredRecord): Explanation | undefined {
  const { steps, error, errorDescription, method, pkce } = record;
  const document = steps.find(({ name }) => name === 'provider_document')?.expected;
  if (document?.code !== 'issuer' || error === undefined) return undefined;
  const { profile } = recogniseProfile({ issuer: document.issuer });
  const explained = explainError(profile, { error, errorDescription, proof: proofOf(method) });
  if (explained === undefined) return undefined;
  const { meaning, remedy, vendorCode, place } = explained;
  const advice = [
    remedy,
    ...(place === undefined
      ? []
      : [textOf('en', 'attemptAdvice', { code: 'console_place', provider: profile.displayName, place })]),
    ...(error === 'invalid_request' ? adviceOnPkce(pkce) : []),
  ];
  const quoted = errorDescription === undefined ? error : `${error}: ${errorDescription}`;
  const happened = [
    vendorCode === undefined ? meaning : `${meaning} (${vendorCode})`,
    textOf('en', 'attemptAdvice', { code: 'provider_says', error: quoted }),
  ];
  return { whatHappened: happened.join(' '), whatToDo: advice.join(' ') };
}

// PKCE is always sent. Some providers support it without listing it, and some reject it.
function adviceOnPkce(pkce: string | undefined): string[] {
  switch (pkce) {
    case 'not_listed':
      return [textOf('en', 'attemptAdvice', { code: 'pkce_not_listed' })];
    case 'unknown':
      return [textOf('en', 'attemptAdvice', { code: 'pkce_unknown' })];
    default:
      return [];
  }
}

/** How the organization of an attempt was found, and why. */
export function describeRoute({ by, revision = 0 }: StoredRecord): LoginAttempt['route'] {
  if (by === undefined) return null;
  return { by, reason: textOf('en', 'routeReasons', { code: by }), configRevision: revision };
}

/** Which account the user was let in to, or why they were not. */
export function describeProvisioning(
  { account, ...record }: StoredRecord,
  code: ErrorCode | undefined,
): LoginAttempt['provisioning'] {
  if (account === undefined) return null;
  const { decision, changedFields } = account;
  return { decision, reason: accountReason(decision, record, code), changedFields: [...changedFields] };
}

function accountReason(
  decision: NonNullable<StoredRecord['account']>['decision'],
  record: Omit<StoredRecord, 'account'>,
  code: ErrorCode | undefined,
): string {
  if (decision !== 'refused') return textOf('en', 'accountReasons', { code: decision });
  const refusal = provisioningRefusals.find((known) => known === record.reason);
  return refusal === undefined
    ? explainRefusal(code, record).whatHappened
    : textOf('en', 'accountReasons', { code: refusal });
}

/** What became of the groups. */
export function describeGroups({ groups, groupsClaim = 'absent' }: StoredRecord): LoginAttempt['groups'] {
  if (groups === undefined) return null;
  const { isManaged, named, unmatched, byAbsence = false } = groups;
  const added = withCount(groups.added, groups.addedMore);
  const removed = withCount(groups.removed, groups.removedMore);
  const reason = groupsReason(groups, groupsClaim);
  return { isManaged, byAbsence, claim: groupsClaim, named, unmatched, added, removed, reason };
}

function withCount(names: readonly string[], more = 0): string[] {
  return more === 0 ? [...names] : [...names, textOf('en', 'groupsReasons', { code: 'more_groups', count: more })];
}

function groupsReason({ isManaged, unmatched, kept, byAbsence, removed }: StoredGroups, claim: string): string {
  if (!isManaged) return textOf('en', 'groupsReasons', { code: 'not_managed' });
  if (byAbsence === true) return absenceReason(removed.length > 0, kept);
  if (kept !== undefined) return textOf('en', 'groupsReasons', { code: 'last_admin_unnamed', group: kept });
  switch (claim) {
    case 'present':
      return textOf('en', 'groupsReasons', { code: unmatched === 0 ? 'all_matched' : 'some_unmatched' });
    case 'empty':
    case 'overage':
    case 'malformed':
    case 'unavailable':
      return textOf('en', 'groupsReasons', { code: claim });
    default:
      return textOf('en', 'groupsReasons', { code: 'absent' });
  }
}

function absenceReason(hasRemoved: boolean, kept: string | undefined): string {
  const reason = textOf('en', 'groupsReasons', { code: 'absent_as_empty', hasRemoved });
  if (kept === undefined) return reason;
  return `${reason} ${textOf('en', 'groupsReasons', { code: 'last_admin_kept', group: kept })}`;
}
