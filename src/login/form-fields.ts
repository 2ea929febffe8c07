import { isCleanText } from '../contract/text.ts';

export type Fields = Readonly<Record<string, string | undefined>>;

/**
 * Reads the fields of a form or a query. It drops duplicate fields and values with control characters or invalid
 * Unicode, which the engines store differently. A password is not restricted, because it is only hashed.
 */
export function fieldsOf(source: unknown): Fields {
  const entries = Object.entries(source ?? {});
  return Object.fromEntries(entries.flatMap(([name, value]) => (isField(name, value) ? [[name, value]] : [])));
}

function isField(name: string, value: unknown): boolean {
  return typeof value === 'string' && (name === 'password' || isCleanText(value));
}
