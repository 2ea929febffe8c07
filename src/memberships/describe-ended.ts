import type { EndedGrants } from '../audit/events.ts';

/** What an entry of the trail says about the grants that ended with a membership; nothing ended if there are none. */
export function describeEnded(ended: EndedGrants | undefined): {
  endedSessions: number;
  endedGrants?: Omit<EndedGrants, 'sessions'>;
} {
  if (ended === undefined) return { endedSessions: 0 };
  const { sessions: endedSessions, ...endedGrants } = ended;
  return { endedSessions, endedGrants };
}
