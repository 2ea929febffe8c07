/**
 * How the record of a sign-in attempt is stored and kept within its limits. A record holds codes and parameters; the
 * texts are made when it is read. Each step decides what its facts show; nothing here reads tokens or claims.
 */
import type { FailureFacts } from '../contract/attempt-facts.ts';
import { attemptFactLengthMax, attemptRecordBytesMax } from '../contract/limits.ts';
import { attemptStepNames, type AttemptRoute, type LoginAttempt } from '../contract/login-attempts.ts';
import { isFactCode } from '../texts/catalogue.ts';
import { cutFact, cutText, packStep, type PackedStep, type RecordedStep, unpackStep } from './packed-step.ts';

type Provisioning = NonNullable<LoginAttempt['provisioning']>;

/** What a sign-in did with groups. */
export interface StoredGroups {
  readonly isManaged: boolean;
  readonly named: number;
  readonly unmatched: number | null;
  readonly added: readonly string[];
  /** How many more were added than `added` names. */
  readonly addedMore?: number;
  readonly removed: readonly string[];
  readonly removedMore?: number;
  /** The claim was absent, which counts as empty for this connection. */
  readonly byAbsence?: true;
  /** A group that the organization's last admin stays in although the claim does not name it. */
  readonly kept?: string;
}

/** The `details` of a row. The facts of the failure are beside the rest. */
export interface StoredRecord extends FailureFacts {
  readonly by?: AttemptRoute | undefined;
  readonly revision?: number | undefined;
  readonly ipAddress: string;
  readonly userAgent: string;
  readonly steps: readonly RecordedStep[];
  readonly account?: { readonly decision: Provisioning['decision']; readonly changedFields: readonly string[] };
  /** The state of the groups claim. */
  readonly groupsClaim?: string;
  readonly groups?: StoredGroups;
}

/** The `details` of a sign-in that was only counted, because too many were refused in its minute. */
export const omittedDetails = '{"omitted":true}';

/** How much is cut, step by step, until a record fits. */
const shortFactLength = 120;
const shortestFactLength = 40;

/**
 * The JSON of a record. `secrets` are the attempt's own secrets. No step shows them; if an identity provider repeats one
 * in a text, it is redacted.
 */
export function encodeRecord(record: StoredRecord, secrets: readonly string[]): string {
  const { steps } = record;
  const whole = encode({ ...record, steps: steps.map((step) => packStep(step, attemptFactLengthMax)) }, secrets);
  if (Buffer.byteLength(whole) <= attemptRecordBytesMax) return whole;
  const failed = steps.filter(({ outcome }) => outcome === 'failed');
  const short = encodeShort(record, failed, { lengthMax: shortFactLength, secrets });
  if (Buffer.byteLength(short) <= attemptRecordBytesMax) return short;
  return encodeShort(record, failed.slice(0, 1), { lengthMax: shortestFactLength, secrets });
}

function encodeShort(
  { by, revision, ipAddress, account, groupsClaim, groups, userAgent: _userAgent, ...facts }: StoredRecord,
  failed: readonly RecordedStep[],
  { lengthMax, secrets }: { readonly lengthMax: number; readonly secrets: readonly string[] },
): string {
  const kept = { by, revision, ipAddress, userAgent: '', account, groupsClaim, groups: withoutNames(groups) };
  const steps = failed.map((step) => packStep(step, lengthMax));
  return encode({ ...kept, ...cutFacts(facts, lengthMax), steps }, secrets);
}

/** The record in a row's `details`; `undefined` if the row has none. */
export function decodeRecord(details: string): StoredRecord | undefined {
  const stored: Omit<StoredRecord, 'steps'> & { readonly steps?: readonly PackedStep[] } = JSON.parse(details);
  return stored.steps === undefined ? undefined : { ...stored, steps: stored.steps.flatMap(unpackStep) };
}

function withoutNames(groups: StoredGroups | undefined): StoredGroups | undefined {
  if (groups === undefined) return undefined;
  const { kept: _kept, ...counts } = groups;
  return { ...counts, added: [], removed: [] };
}

function cutFacts({ expected, found, ...texts }: FailureFacts, lengthMax: number): FailureFacts {
  const cut = (value: unknown) => (typeof value === 'string' ? cutText(value, lengthMax) : value);
  const shorter: unknown = Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, cut(value)]));
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same facts with shorter texts
    ...(shorter as FailureFacts),
    ...(expected === undefined ? {} : { expected: cutFact(expected, lengthMax) }),
    ...(found === undefined ? {} : { found: cutFact(found, lengthMax) }),
  };
}

/**
 * The JSON of a value without the attempt's secrets. Secrets are redacted in each text before the JSON is written,
 * because an attacker can choose a code that is part of the JSON or that JSON escapes. Codes stay, even if an authorization
 * code is spelled like one.
 */
export function encode(value: unknown, secrets: readonly string[]): string {
  const text = JSON.stringify(value);
  return secrets.some((secret) => mayContain(text, secret)) ? encodeWithout(value, secrets) : text;
}

// A secret in a text is in its JSON as well, as JSON spells it. How half a surrogate pair is spelled depends on what is
// beside it.
function mayContain(json: string, secret: string): boolean {
  return secret !== '' && (!secret.isWellFormed() || json.includes(JSON.stringify(secret).slice(1, -1)));
}

function encodeWithout(value: unknown, secrets: readonly string[]): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'string' && !isKnownCode(each) ? redact(each, secrets) : each,
  );
}

function isKnownCode(text: string): boolean {
  return attemptStepNames.some((name) => name === text) || isFactCode(text);
}

function redact(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) if (secret !== '') clean = clean.replaceAll(secret, '[redacted]');
  return clean;
}
