import type { EndedGrants } from '../audit/events.ts';

/** The grants that ended with a membership, as an audit entry shows them; `undefined` if there were none. */
export function describeEnded(ended: EndedGrants | undefined): {
  endedSessions: number;
  endedGrants?: Omit<EndedGrants, 'sessions'>;
} {
  if (ended === undefined) return { endedSessions: 0 };
  const { sessions: endedSessions, ...endedGrants } = ended;
  return { endedSessions, endedGrants };
}
