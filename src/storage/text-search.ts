import { sql } from 'kysely';

/** The columns that name a user. */
const personColumns = ['users.username', 'users.email', 'users.first_name', 'users.last_name'] as const;

/**
 * Whether a column contains a text. Only ASCII letters match in either case, because both engines do that in the same
 * way: the columns have the "C" collation on PostgreSQL, and SQLite folds no other letters.
 */
export function holds(column: string, text: string) {
  const pattern = `%${escapeLike(text)}%`;
  return sql<boolean>`lower(${sql.ref(column)}) like lower(${pattern}) escape '\\'`;
}

/** Whether a column that names a user contains a text. */
export function namesHold(text: string) {
  return sql<boolean>`(${sql.join(
    personColumns.map((column) => holds(column, text)),
    sql` or `,
  )})`;
}

/** A text as a pattern that matches only the text: `%`, `_` and the escape character are escaped. */
function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, (character) => `\\${character}`);
}
