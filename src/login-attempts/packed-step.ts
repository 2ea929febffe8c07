import type { Fact } from '../contract/attempt-facts.ts';
import { attemptStepNames, type AttemptStepName, type StepOutcome } from '../contract/login-attempts.ts';

/** A step as the record of an attempt has it. */
export interface RecordedStep {
  readonly name: AttemptStepName;
  readonly outcome: StepOutcome;
  readonly durationMs: number;
  readonly expected?: Fact | undefined;
  readonly found?: Fact | undefined;
}

/** A fact as it is stored: its code if it has no parameters, else the code and the parameters. */
type PackedFact = string | Fact;

/** A step as it is stored. There are about thirty in each row, so it is a list. */
export type PackedStep = readonly [
  name: string,
  outcome: number,
  durationMs: number,
  expected?: PackedFact | null,
  found?: PackedFact,
];

const outcomes = ['passed', 'failed', 'skipped'] as const satisfies readonly StepOutcome[];

/** Packs a step. Texts among the parameters of its facts are cut to `lengthMax`. */
export function packStep({ name, outcome, durationMs, expected, found }: RecordedStep, lengthMax: number): PackedStep {
  const head = [name, outcomes.indexOf(outcome), durationMs] as const;
  if (found !== undefined) {
    return [...head, expected === undefined ? null : packFact(expected, lengthMax), packFact(found, lengthMax)];
  }
  return expected === undefined ? head : [...head, packFact(expected, lengthMax)];
}

/** Unpacks a step; none for a step that only a later version knows. */
export function unpackStep([packedName, outcome, durationMs, expected, found]: PackedStep): RecordedStep[] {
  const name = attemptStepNames.find((known) => known === packedName);
  if (name === undefined) return [];
  const facts = { expected: unpackFact(expected), found: unpackFact(found) };
  return [{ name, outcome: outcomes[outcome] ?? 'skipped', durationMs, ...facts }];
}

function packFact(fact: Fact, lengthMax: number): PackedFact {
  return Object.keys(fact).length === 1 ? fact.code : cutFact(fact, lengthMax);
}

// A code of a later version is kept: its text is the code itself.
function unpackFact(packed: PackedFact | null | undefined): Fact | undefined {
  if (packed === null || packed === undefined) return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only `packFact` writes these
  return typeof packed === 'string' ? ({ code: packed } as Fact) : packed;
}

/** Items of a list that a fact keeps. */
const itemsMax = 10;

/** A fact whose texts have at most `lengthMax` characters. */
export function cutFact(fact: Fact, lengthMax: number): Fact {
  return mapTexts(fact, (text) => cutText(text, lengthMax));
}

/** The same fact with each text among its parameters changed. */
export function mapTexts({ code, ...parameters }: Fact, change: (text: string) => string): Fact {
  const map = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.slice(0, itemsMax).map(map);
    return typeof value === 'string' ? change(value) : value;
  };
  const mapped = Object.entries(parameters).map(([name, value]) => [name, map(value)]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same code and parameters of the same types
  return { code, ...Object.fromEntries(mapped) } as Fact;
}

/** A text of at most `lengthMax` characters; an ellipsis shows that there was more. */
export function cutText(text: string, lengthMax: number): string {
  return text.length > lengthMax ? `${text.slice(0, lengthMax - 1)}…`.toWellFormed() : text;
}
