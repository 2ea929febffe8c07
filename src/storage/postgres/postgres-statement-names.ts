import { createHash } from 'node:crypto';

import { postgresNamedParametersMax, postgresStatementsMax } from '../limits.ts';

/** Finds the name that a statement is prepared under; `undefined` for one that is sent as text each time. */
export type StatementName = (sql: string, parameterCount: number) => string | undefined;

const nameLength = 32;

/**
 * Names statements, so that PostgreSQL parses each once per connection. The name is a hash of the text, so it is the
 * same on
 * every node, which a connection pooler requires. The number of names is limited, because each costs memory on every
 * connection.
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
