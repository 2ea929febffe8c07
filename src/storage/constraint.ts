import { sqlState } from './postgres/postgres-errors.ts';
import { sqliteErrorCode } from './sqlite/sqlite-errors.ts';

/** SQLSTATE, class 23: integrity constraint violation (PostgreSQL manual, appendix A). */
const postgresUnique = '23505';
const postgresForeignKey = '23503';

/** SQLite's extended result codes (sqlite.org/rescode.html): primary key, unique index, rowid. */
const sqliteUnique: ReadonlySet<number> = new Set([1555, 2067, 2579]);
const sqliteForeignKey = 787;

/** Which kind of constraint a failed statement violated; `undefined` if it failed for another reason. */
export function violatedConstraint(thrown: unknown): 'unique' | 'foreign_key' | undefined {
  const state = sqlState(thrown);
  const code = sqliteErrorCode(thrown);
  if (state === postgresUnique || (code !== undefined && sqliteUnique.has(code))) return 'unique';
  return state === postgresForeignKey || code === sqliteForeignKey ? 'foreign_key' : undefined;
}
