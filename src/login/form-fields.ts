import { isCleanText } from '../contract/text.ts';

export type Fields = Readonly<Record<string, string | undefined>>;

/**
 * A form's or a query's fields. One that is sent twice is none, and so is one with control characters or broken Unicode,
 * which no engine stores alike: nothing here is called so. A password is taken as it is, since it is only ever hashed.
 */
export function fieldsOf(source: unknown): Fields {
  const entries = Object.entries(source ?? {});
  return Object.fromEntries(entries.flatMap(([name, value]) => (isField(name, value) ? [[name, value]] : [])));
}

function isField(name: string, value: unknown): boolean {
  return typeof value === 'string' && (name === 'password' || isCleanText(value));
}
