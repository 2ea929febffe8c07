/** A caller may have this part of what is still free. */
const partOfFree = 10;

/**
 * How much of a shared ceiling one caller may use: a tenth of what is free, never more than `perCallerMax`, and one as
 * long as anything is free. The share shrinks while the total fills, so a few callers, or many that work together,
 * leave room for a caller that has nothing yet.
 */
export function fairShare({ max, used, perCallerMax }: { max: number; used: number; perCallerMax: number }): number {
  const free = max - used;
  if (free <= 0) return 0;
  return Math.min(perCallerMax, Math.max(1, Math.floor(free / partOfFree)));
}
