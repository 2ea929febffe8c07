/**
 * Translates a statement with PostgreSQL's type names for an engine. SQLite's strict tables call every integer type
 * `integer`, and text compares byte for byte on both.
 */
export function forEngine(statement: string, engine: 'sqlite' | 'postgres'): string {
  if (engine === 'postgres') return statement.replaceAll(/\btext\b/g, 'text collate "C"');
  const typed = statement.replaceAll(/\b(?:bigint|smallint)\b/g, 'integer');
  return typed.startsWith('create table') ? `${typed} strict` : typed;
}
