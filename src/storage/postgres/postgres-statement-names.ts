import { createHash } from 'node:crypto';

import { postgresNamedParametersMax, postgresStatementsMax } from '../limits.ts';

/** Finds the name under which a statement is prepared; `undefined` for one that is sent whole each time. */
export type StatementName = (sql: string, parameterCount: number) => string | undefined;

const nameLength = 32;

/**
 * Names statements, so that PostgreSQL parses each once per connection. The name is a hash of the text: it is the same
 * on every node, as a connection pooler between them and the server needs it. The number of names is bounded, since
 * each costs memory on every connection.
 */
export function createStatementNames(): StatementName {
  const names = new Map<string, string>();
  return (sql, parameterCount) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= postgresStatementsMax || parameterCount > postgresNamedParametersMax) return undefined;
    const name = createHash('sha256').update(sql).digest('hex').slice(0, nameLength);
    names.set(sql, name);
    return name;
  };
}
