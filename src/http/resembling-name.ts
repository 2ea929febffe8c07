/**
 * The known name that an unknown one probably means; `undefined` if none is similar enough.
 *
 * The comparison ignores letter case, hyphens and underscores. A name of six letters or more may be up to two edits
 * away, a name of three to five letters one edit, and a shorter one must match: two edits turn almost any short word
 * into another, and `role` and `roleId`, which the API returns, are two edits apart. An edit inserts, removes or
 * replaces a letter, or swaps two neighbours.
 */
export function resemblingName(name: string, known: Iterable<string>): string | undefined {
  let closest: { readonly name: string; readonly edits: number } | undefined;
  const plain = plainName(name);
  for (const candidate of known) {
    const wanted = plainName(candidate);
    const edits = editsBetween(plain, wanted, editsAllowed(wanted));
    if (edits !== undefined && (closest === undefined || edits < closest.edits)) closest = { name: candidate, edits };
  }
  return closest?.name;
}

/** No known name is as long, so a longer one cannot resemble any. */
const nameLengthMax = 100;

function plainName(name: string): string {
  return name.length > nameLengthMax ? name.slice(0, nameLengthMax) : name.toLowerCase().replaceAll(/[-_]/g, '');
}

function editsAllowed({ length }: string): number {
  if (length < 3) return 0;
  return length < 6 ? 1 : 2;
}

/** The number of edits between two names (optimal string alignment distance); `undefined` for more than `editsMax`. */
function editsBetween(a: string, b: string, editsMax: number): number | undefined {
  if (Math.abs(a.length - b.length) > editsMax) return undefined;
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= a.length; row += 1) {
    const next = [row];
    rows.push(next);
    for (let column = 1; column <= b.length; column += 1) next.push(editsAt({ a, b, rows, row, column }));
    if (Math.min(...next) > editsMax) return undefined;
  }
  const edits = rows[a.length]?.[b.length] ?? 0;
  return edits <= editsMax ? edits : undefined;
}

interface Cell {
  readonly a: string;
  readonly b: string;
  /** Edits between the prefixes of the two names. */
  readonly rows: readonly (readonly number[])[];
  readonly row: number;
  readonly column: number;
}

function editsAt({ a, b, rows, row, column }: Cell): number {
  const at = (up: number, left: number) => rows[row - up]?.[column - left] ?? Infinity;
  const replaced = at(1, 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
  const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
  return Math.min(at(1, 0) + 1, at(0, 1) + 1, replaced, isSwap ? at(2, 2) + 1 : Infinity);
}
