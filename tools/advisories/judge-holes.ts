import type { Accepted } from './accepted.ts';
import type { Hole } from './read-holes.ts';

interface Judgement {
  /** The vulnerabilities that fail the build. */
  readonly serious: readonly Hole[];
  /** Those that are only reported: minor, only in tools, or accepted for a time. */
  readonly others: readonly Hole[];
  /** Accepted vulnerabilities that have expired or no longer exist. */
  readonly outdated: readonly Accepted[];
}

const seriousSeverities: ReadonlySet<string> = new Set(['high', 'critical']);

/** Decides which of the known vulnerabilities fail the build. */
export function judgeHoles(holes: readonly Hole[], accepted: readonly Accepted[], now: string): Judgement {
  const today = now.slice(0, 10);
  const isAccepted = ({ id }: Hole) => accepted.some((each) => each.id === id && each.until >= today);
  const isSerious = (hole: Hole) => hole.isShipped && seriousSeverities.has(hole.severity) && !isAccepted(hole);
  return {
    serious: holes.filter(isSerious),
    others: holes.filter((hole) => !isSerious(hole)),
    outdated: accepted.filter(({ id, until }) => until < today || !holes.some((hole) => hole.id === id)),
  };
}
