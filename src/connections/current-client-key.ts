import type { ClientKeyRow } from './client-key-queries.ts';

/**
 * Selects the key that signs at a time, from keys in order of use. It selects the first key if this clock is behind the
 * clock of the node that created it.
 */
export function currentClientKey(rows: readonly ClientKeyRow[], nowMs: number): ClientKeyRow | undefined {
  return rows.findLast((row) => row.active_from_at <= nowMs) ?? rows[0];
}
