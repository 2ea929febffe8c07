import { sql } from 'kysely';

/** What names a person. */
const personColumns = ['users.username', 'users.email', 'users.first_name', 'users.last_name'] as const;

/**
 * Whether a column holds a text. Letters of ASCII match in either case; what else differs, differs. That is what both
 * engines do alike: the columns compare by the "C" locale on PostgreSQL, and SQLite folds no other letters.
 */
export function holds(column: string, text: string) {
  const pattern = `%${escapeLike(text)}%`;
  return sql<boolean>`lower(${sql.ref(column)}) like lower(${pattern}) escape '\\'`;
}

/** Whether anything that names a person holds a text. */
export function namesHold(text: string) {
  return sql<boolean>`(${sql.join(
    personColumns.map((column) => holds(column, text)),
    sql` or `,
  )})`;
}

/** A text as a pattern that matches nothing but the text: `%`, `_` and the escape itself are taken as they are. */
function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, (character) => `\\${character}`);
}
