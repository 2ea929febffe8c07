/**
 * What became of each sign-in, for the admins who have to find out: how a record is put together and kept within its
 * limits, how it is explained, who may read it, and how long it stays. What it tells is decided by each step
 * (`oidc/attempt-trace.ts`); nothing here looks into tokens or claims.
 */
import { attemptFactLengthMax, attemptRecordBytesMax } from '../contract/limits.ts';
import {
  attemptStepNames,
  type AttemptRoute,
  type AttemptStepName,
  type LoginAttempt,
  type StepOutcome,
} from '../contract/login-attempts.ts';
import type { FailureFacts } from './failure-facts.ts';
import { type Packed, packText, unpackText } from './phrases.ts';

type Provisioning = NonNullable<LoginAttempt['provisioning']>;

/** What a sign-in did with groups. */
export interface StoredGroups {
  readonly isManaged: boolean;
  readonly named: number;
  readonly unmatched: number | null;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** The claim was absent, which counts as empty at this connection. */
  readonly byAbsence?: true;
  /** A group that the organization's last admin stays in although the claim does not name it. */
  readonly kept?: string;
}

export interface RecordedStep {
  readonly name: AttemptStepName;
  readonly outcome: StepOutcome;
  readonly durationMs: number;
  readonly expected?: string | undefined;
  readonly found?: string | undefined;
}

/** The `details` of a row. What failed stands beside the rest, as the log has it. */
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

/** The `details` of a sign-in that was only counted, since too many were refused in its minute. */
export const omittedDetails = '{"omitted":true}';

type PackedStep = readonly [name: Packed, outcome: number, durationMs: number, ...facts: (Packed | null)[]];

const outcomes = ['passed', 'failed', 'skipped'] as const satisfies readonly StepOutcome[];

/**
 * The text of a record. Steps are packed as lists, since there is one row for each sign-in. `secrets` are what this
 * attempt must keep to itself; no step tells them, and should somebody else have put one into a text, it is taken out.
 */
export function encodeRecord(record: StoredRecord, secrets: readonly string[]): string {
  const withFacts = encode({ ...record, steps: record.steps.map(pack) }, secrets);
  if (Buffer.byteLength(withFacts) <= attemptRecordBytesMax) return withFacts;
  const failed = record.steps.filter(({ outcome }) => outcome === 'failed');
  const { by, revision, ipAddress, account, groupsClaim, groups } = record;
  const short = { by, revision, ipAddress, userAgent: '', account, groupsClaim, groups: withoutNames(groups) };
  const shorter = encode({ ...short, ...shortFacts(record), steps: failed.map(pack) }, secrets);
  if (Buffer.byteLength(shorter) <= attemptRecordBytesMax) return shorter;
  return encode({ ...short, ...shortFacts(record), steps: failed.slice(0, 1).map(packShort) }, secrets);
}

/** The record that a row's `details` hold; `undefined` of a row from before there were records. */
export function decodeRecord(details: string): StoredRecord | undefined {
  const stored: Omit<StoredRecord, 'steps'> & { readonly steps?: readonly PackedStep[] } = JSON.parse(details);
  return stored.steps === undefined ? undefined : { ...stored, steps: stored.steps.flatMap(unpack) };
}

function pack({ name, outcome, durationMs, expected, found }: RecordedStep): PackedStep {
  const place = packText(name);
  const ending = outcomes.indexOf(outcome);
  if (found !== undefined) return [place, ending, durationMs, packFact(expected), packFact(found)];
  return expected === undefined ? [place, ending, durationMs] : [place, ending, durationMs, packFact(expected)];
}

function packShort({ name, outcome, durationMs, expected = '', found = '' }: RecordedStep): PackedStep {
  const [shortExpected, shortFound] = [expected, found].map((fact) => fact.slice(0, shortFactLength).toWellFormed());
  return pack({ name, outcome, durationMs, expected: shortExpected, found: shortFound });
}

// A step that only a later version knows cannot be shown by this one.
function unpack([packedName, outcome, durationMs, expected, found]: PackedStep): RecordedStep[] {
  const name = attemptStepNames.find((known) => known === unpackText(packedName));
  if (name === undefined) return [];
  const facts = { expected: unpackFact(expected), found: unpackFact(found) };
  return [{ name, outcome: outcomes[outcome] ?? 'skipped', durationMs, ...facts }];
}

function unpackFact(fact: Packed | null | undefined): string | undefined {
  return fact === null || fact === undefined ? undefined : unpackText(fact);
}

function packFact(fact: string | undefined): Packed | null {
  if (fact === undefined) return null;
  const packed = packText(fact);
  return typeof packed === 'number' ? packed : shorten(packed);
}

function shorten(fact: string): string {
  return fact.length > attemptFactLengthMax ? `${fact.slice(0, attemptFactLengthMax - 1)}…`.toWellFormed() : fact;
}

function withoutNames(groups: StoredGroups | undefined): StoredGroups | undefined {
  return groups && { ...groups, added: [], removed: [] };
}

const shortFactLength = 120;

function shortFacts({
  step,
  check,
  reason,
  status,
  method,
  error,
  expected,
  found,
  domain,
}: StoredRecord): FailureFacts {
  const causes = { step: shortFact(step), check: shortFact(check), reason: shortFact(reason), status, method };
  const values = { error: shortFact(error), expected: shortFact(expected), found: shortFact(found) };
  return { ...causes, ...values, domain: shortFact(domain) };
}

function shortFact(fact: string | number | undefined): string | number | undefined {
  return typeof fact === 'string' ? fact.slice(0, shortFactLength).toWellFormed() : fact;
}

/**
 * The JSON of a value without what an attempt must keep to itself, should somebody have repeated it. It is taken out of
 * each text before that is written: anybody can choose a code, such as one that is part of the JSON or spelled otherwise
 * in it. The name of a step is no secret, whoever calls their code so.
 */
export function encode(value: unknown, secrets: readonly string[]): string {
  const text = JSON.stringify(value);
  return secrets.some((secret) => mayTell(text, secret)) ? encodeWithout(value, secrets) : text;
}

// What stands in a text stands in its JSON as well, spelled as JSON spells it. Half a surrogate pair is spelled by what
// is beside it.
function mayTell(json: string, secret: string): boolean {
  return secret !== '' && (!secret.isWellFormed() || json.includes(JSON.stringify(secret).slice(1, -1)));
}

function encodeWithout(value: unknown, secrets: readonly string[]): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'string' && !isStepName(each) ? redact(each, secrets) : each,
  );
}

function isStepName(text: string): boolean {
  return attemptStepNames.some((name) => name === text);
}

function redact(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) if (secret !== '') clean = clean.replaceAll(secret, '[redacted]');
  return clean;
}
