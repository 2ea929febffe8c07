import type { Accepted } from './accepted.ts';
import type { Hole } from './read-holes.ts';

interface Judgement {
  /** What fails the build. */
  readonly serious: readonly Hole[];
  /** What is only told: slight, of the tools alone, or accepted for a time. */
  readonly others: readonly Hole[];
  /** Accepted holes whose time is over, and such as are there no more. */
  readonly outdated: readonly Accepted[];
}

const seriousSeverities: ReadonlySet<string> = new Set(['high', 'critical']);

/** Decides which of the known holes the build must not pass with. */
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
