import { auditFactTextLengthMax, auditNamesListedMax } from '../contract/limits.ts';

/** The facts of an event or an actor: a plain object that JSON can hold. */
type Facts = object;

/**
 * The JSON of an entry's facts, in at most `bytesMax` bytes of UTF-8. Facts that fit are written unchanged.
 *
 * An identity provider chooses some of the texts and lists, so their size is cut in a fixed way:
 *
 * 1. A text keeps its first `auditFactTextLengthMax` code units.
 * 2. `userGroupsClaim`, which repeats what the provider sent, keeps its first `auditNamesListedMax` names.
 * 3. While the JSON is too large, the longest list loses its last quarter. If no list has two items, the longest text
 *    does.
 *
 * `cut` then counts what is left out, by the name of the fact: items of a list, or characters of a text. The chain, the
 * export, the verification and the webhook read the stored text, so they all agree on it.
 */
export function boundFacts(facts: Facts, bytesMax: number): string {
  const whole = JSON.stringify(facts);
  // The text of a short JSON is never too long. Almost every entry is that short.
  if (whole.length <= Math.min(auditFactTextLengthMax, bytesMax / 3) && !listsTooManyNames(facts)) return whole;
  const cut = new Map<string, number>();
  const bounded = boundObject(facts, { path: '', cut });
  let text = withCut(bounded, cut);
  while (Buffer.byteLength(text) > bytesMax && trimLongest(bounded, cut)) text = withCut(bounded, cut);
  return text;
}

function listsTooManyNames(facts: Facts): boolean {
  if (!('userGroupsClaim' in facts)) return false;
  const { userGroupsClaim: names } = facts;
  return Array.isArray(names) && names.length > auditNamesListedMax;
}

interface Place {
  /** The name of the fact, with a dot before each inner name; items of a list have the list's name. */
  readonly path: string;
  readonly cut: Map<string, number>;
}

/** A copy that may be changed. Texts and the list of claimed names are cut to their own limits. */
function boundObject(object: object, { path, cut }: Place): Record<string, unknown> {
  const entries = Object.entries(object).map(([name, value]): [string, unknown] => {
    const inner = path === '' ? name : `${path}.${name}`;
    return [name, boundValue(value, { path: inner, cut })];
  });
  return Object.fromEntries(entries);
}

function boundValue(value: unknown, place: Place): unknown {
  if (typeof value === 'string') return shorten(value, auditFactTextLengthMax, place);
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    const itemsMax = place.path === 'userGroupsClaim' ? auditNamesListedMax : list.length;
    note(place, list.length - itemsMax);
    return list.slice(0, itemsMax).map((item) => boundValue(item, place));
  }
  return typeof value === 'object' && value !== null ? boundObject(value, place) : value;
}

function shorten(text: string, lengthMax: number, place: Place): string {
  if (text.length <= lengthMax) return text;
  const kept = wholeCharacters(text, lengthMax);
  note(place, Array.from(text.slice(kept.length)).length);
  return kept;
}

/** The start of a text, in at most `length` code units. A surrogate pair is never split. */
export function wholeCharacters(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  const endsInPair = last >= 0xd8_00 && last <= 0xdb_ff;
  return text.slice(0, endsInPair ? length - 1 : length);
}

function note({ path, cut }: Place, count: number): void {
  if (count > 0) cut.set(path, (cut.get(path) ?? 0) + count);
}

/**
 * Cuts a quarter off the largest list with at least two items, else off the largest text. False if nothing can be cut.
 */
function trimLongest(facts: Record<string, unknown>, cut: Map<string, number>): boolean {
  const parts = [...partsOf(facts, '')];
  const list = largest(parts.filter(({ value }) => Array.isArray(value) && value.length > 1));
  const part = list ?? largest(parts.filter(({ value }) => typeof value === 'string' && value !== ''));
  if (part === undefined) return false;
  const { value, path, replace } = part;
  const place = { path, cut };
  if (typeof value === 'string') replace(shorten(value, shorter(value.length), place));
  else {
    const kept = shorter(value.length);
    note(place, value.length - kept);
    replace(value.slice(0, kept));
  }
  return true;
}

const shorter = (length: number) => Math.min(length - 1, Math.ceil((length * 3) / 4));

interface Part {
  readonly path: string;
  readonly value: string | readonly unknown[];
  replace(value: unknown): void;
}

function* partsOf(container: object, path: string): Generator<Part> {
  for (const [name, value] of Object.entries(container)) {
    const unknownValue: unknown = value;
    const inner = Array.isArray(container) ? path : path === '' ? name : `${path}.${name}`;
    if (typeof unknownValue === 'string' || Array.isArray(unknownValue)) {
      yield { path: inner, value: unknownValue, replace: (next) => Reflect.set(container, name, next) };
    }
    if (typeof unknownValue === 'object' && unknownValue !== null) yield* partsOf(unknownValue, inner);
  }
}

function largest(parts: readonly Part[]): Part | undefined {
  return parts
    .map((part) => ({ part, bytes: Buffer.byteLength(JSON.stringify(part.value)) }))
    .reduce<{ part: Part; bytes: number } | undefined>(
      (best, next) => (best && best.bytes >= next.bytes ? best : next),
      undefined,
    )?.part;
}

function withCut(facts: Record<string, unknown>, cut: ReadonlyMap<string, number>): string {
  return JSON.stringify(cut.size === 0 ? facts : { ...facts, cut: Object.fromEntries(cut) });
}
