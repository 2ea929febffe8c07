/**
 * A statement that is written once, in PostgreSQL's type names, as an engine takes it: SQLite's strict tables know each
 * integer type as `integer`, and text compares byte for byte on both.
 */
export function forEngine(statement: string, engine: 'sqlite' | 'postgres'): string {
  if (engine === 'postgres') return statement.replaceAll(/\btext\b/g, 'text collate "C"');
  const typed = statement.replaceAll(/\b(?:bigint|smallint)\b/g, 'integer');
  return typed.startsWith('create table') ? `${typed} strict` : typed;
}
