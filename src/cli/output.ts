/** A column of a table: its heading and its value. */
export type Column<Row> = readonly [heading: string, cell: (row: Row) => unknown];

/** Rows as a table; `none` is the text for an empty table. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], none: string): string {
  if (rows.length === 0) return none;
  const lines = [columns.map(([heading]) => heading), ...rows.map((row) => columns.map(([, cell]) => show(cell(row))))];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => widthOf(line[index] ?? ''))));
  return lines
    .map((line) =>
      line
        .map((cell, index) => pad(cell, widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The fields of one object, one per line. */
export function facts(pairs: readonly (readonly [name: string, value: unknown])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${pad(name, width)}  ${show(value)}`.trimEnd()).join('\n');
}

/**
 * Makes text safe for a terminal. Names come from other users and their identity providers: an escape sequence or a
 * direction mark must not change what the terminal shows.
 */
export function plain(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

function show(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return plain(value);
    case 'boolean':
      return value ? 'yes' : 'no';
    case 'number':
      return String(value);
    case 'undefined':
      return '';
    default:
      return value === null ? '' : plain(JSON.stringify(value));
  }
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

// Counts code points. Wide escape sequences were already replaced.
function widthOf(text: string): number {
  return Array.from(text).length;
}
