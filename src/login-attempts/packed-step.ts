import type { Fact, FactParameters } from '../contract/attempt-facts.ts';
import { attemptStepNames, type AttemptStepName, type StepOutcome } from '../contract/login-attempts.ts';

/** A step as the record of an attempt has it. */
export interface RecordedStep {
  readonly name: AttemptStepName;
  readonly outcome: StepOutcome;
  readonly durationMs: number;
  readonly expected?: Fact | undefined;
  readonly found?: Fact | undefined;
}

/**
 * A fact as it is stored: its code, with the values of its parameters if it has any. `true` stands for a finding that is
 * the same as the expectation.
 */
type PackedFact = string | readonly [code: string, ...values: unknown[]];

/** A step as it is stored. There are about thirty in each row, so it is a list. */
export type PackedStep = readonly [
  name: string,
  outcome: number,
  durationMs: number,
  expected?: PackedFact | null,
  found?: PackedFact | true,
];

const outcomes = ['passed', 'failed', 'skipped'] as const satisfies readonly StepOutcome[];

/** Packs a step. Texts among the parameters of its facts are cut to `lengthMax`. */
export function packStep({ name, outcome, durationMs, expected, found }: RecordedStep, lengthMax: number): PackedStep {
  const head = [name, outcomes.indexOf(outcome), durationMs] as const;
  const packedExpected = expected === undefined ? null : packFact(expected, lengthMax);
  if (found === undefined) return packedExpected === null ? head : [...head, packedExpected];
  const packedFound = packFact(found, lengthMax);
  return [...head, packedExpected, isSame(packedExpected, packedFound) ? true : packedFound];
}

/** Unpacks a step; none for a step that only a later version knows. */
export function unpackStep([packedName, outcome, durationMs, expected, found]: PackedStep): RecordedStep[] {
  const name = attemptStepNames.find((known) => known === packedName);
  if (name === undefined) return [];
  const facts = { expected: unpackFact(expected), found: unpackFact(found === true ? expected : found) };
  return [{ name, outcome: outcomes[outcome] ?? 'skipped', durationMs, ...facts }];
}

function isSame(expected: PackedFact | null, found: PackedFact): boolean {
  if (typeof expected === 'string' || typeof found === 'string' || expected === null) return false;
  return expected.length === found.length && expected.every((value, index) => value === found[index]);
}

/** The parameters of each fact, in the order in which their values are stored. The order never changes. */
const parameterNames: { readonly [Code in keyof FactParameters]: Readonly<Record<keyof FactParameters[Code], true>> } =
  {
    issuer: { issuer: true },
    issuers: { issuers: true },
    issuer_from: { issuer: true, source: true },
    same_issuer_from: { source: true },
    token_endpoint_origin: { origin: true },
    age: { seconds: true },
    revision: { revision: true },
    tokens_for: { method: true },
    algorithm: { algorithm: true },
    signed_with: { algorithm: true },
    typ: { typ: true },
    kid: { kid: true },
    client: { clientId: true },
    client_or_none: { clientId: true },
    client_and_trusted: { clientId: true },
    audiences: { audiences: true },
    string: { length: true },
    list: { count: true },
    type: { type: true },
    time: { seconds: true },
    milliseconds: { value: true },
    number: { value: true },
    after: { seconds: true },
    not_before: { seconds: true },
    not_after_or_none: { seconds: true },
    between: { fromSeconds: true, toSeconds: true },
    acr: { acr: true },
    acr_values: { values: true },
    visible_characters: { lengthMax: true },
    required_claims: { claims: true },
    one_of: { count: true },
    contains_one_of: { count: true },
    contains_all: { count: true },
    userinfo_claims: { wanted: true },
    userinfo_failed: { error: true },
    access_token: { lengthMax: true },
    bytes: { bytes: true },
    at_most_bytes: { bytes: true },
    more_than_bytes: { bytes: true },
    characters: { characters: true },
    at_most_characters: { characters: true },
    email_from: { claim: true, source: true, domain: true, verified: true },
    account: { decision: true },
    groups_claim: { state: true },
    session_end: { seconds: true },
    provider_error: { error: true, description: true },
    claim: { claim: true },
    claim_state: { state: true },
    domain: { domain: true },
    reason: { reason: true },
    status: { status: true },
    error: { error: true },
  };

const namesByCode: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(parameterNames).map(([code, parameters]) => [code, Object.keys(parameters)]),
);

function packFact(fact: Fact, lengthMax: number): PackedFact {
  const names = namesOf(fact.code);
  if (names.length === 0) return fact.code;
  const parameters: Readonly<Record<string, unknown>> = { ...fact };
  return [fact.code, ...names.map((name) => changeTexts(parameters[name], (text) => cutText(text, lengthMax)))];
}

// The code of a later version is kept without its parameters: its text is the code itself.
function unpackFact(packed: PackedFact | null | undefined): Fact | undefined {
  if (packed === null || packed === undefined) return undefined;
  const [code, ...values] = typeof packed === 'string' ? [packed] : packed;
  const parameters = namesOf(code).map((name, index) => [name, values[index]]);
  const known = parameters.filter(([, value]) => value !== undefined && value !== null);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only `packFact` writes these
  return { code, ...Object.fromEntries(known) } as Fact;
}

function namesOf(code: string): readonly string[] {
  return namesByCode.get(code) ?? [];
}

/** Items of a list that a fact keeps. */
const itemsMax = 10;

/** A fact whose texts have at most `lengthMax` characters. */
export function cutFact(fact: Fact, lengthMax: number): Fact {
  return mapTexts(fact, (text) => cutText(text, lengthMax));
}

/** The same fact with each text among its parameters changed. */
export function mapTexts({ code, ...parameters }: Fact, change: (text: string) => string): Fact {
  const mapped = Object.entries(parameters).map(([name, value]) => [name, changeTexts(value, change)]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same code and parameters of the same types
  return { code, ...Object.fromEntries(mapped) } as Fact;
}

function changeTexts(value: unknown, change: (text: string) => string): unknown {
  if (Array.isArray(value)) return value.slice(0, itemsMax).map((item) => changeTexts(item, change));
  return typeof value === 'string' ? change(value) : value;
}

/** A text of at most `lengthMax` characters; an ellipsis shows that there was more. */
export function cutText(text: string, lengthMax: number): string {
  return text.length > lengthMax ? `${text.slice(0, lengthMax - 1)}…`.toWellFormed() : text;
}
