export type Fields = Readonly<Record<string, string | undefined>>;

/** A form's or a query's fields; one that is sent twice is none. */
export function fieldsOf(source: unknown): Fields {
  const entries = Object.entries(source ?? {});
  return Object.fromEntries(entries.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
}
