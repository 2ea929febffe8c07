/** The value below which `share` (0 to 1) of the values are, by nearest rank; `NaN` for none. `sorted` is ascending. */
export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** The middle value, or the mean of the two middle ones; `NaN` for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/**
 * The median of the ratios of paired measurements, round by round. A slow phase of the machine then affects both sides
 * of a ratio.
 */
export function medianRatio(numerators: readonly number[], denominators: readonly number[]): number {
  const pairs = Math.min(numerators.length, denominators.length);
  return median(
    Array.from({ length: pairs }, (_, i) => (numerators[i] ?? Number.NaN) / (denominators[i] ?? Number.NaN)),
  );
}
