/** A caller may use this part of what is still free. */
const partOfFree = 10;

/**
 * How much of a shared maximum one caller may use: a tenth of what is free, up to `perCallerMax`, and at least one
 * while anything is
 * free. The share shrinks while the total fills. So even many callers together leave room for a new one.
 */
export function fairShare({ max, used, perCallerMax }: { max: number; used: number; perCallerMax: number }): number {
  const free = max - used;
  if (free <= 0) return 0;
  return Math.min(perCallerMax, Math.max(1, Math.floor(free / partOfFree)));
}
