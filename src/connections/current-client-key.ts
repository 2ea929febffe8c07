import type { ClientKeyRow } from './client-key-queries.ts';

/**
 * Of keys in the order of their use, the one that signs at a moment. The first stands in for the moment when this clock
 * is behind that of the node that made it.
 */
export function currentClientKey(rows: readonly ClientKeyRow[], nowMs: number): ClientKeyRow | undefined {
  return rows.findLast((row) => row.active_from_at <= nowMs) ?? rows[0];
}
