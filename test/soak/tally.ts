import type { PageAnswer } from '../support/browser-client.ts';

/** What happened in a soak, in numbers, and what should not have. */
export interface Tally {
  /** How often each kind of thing happened. */
  readonly counts: Map<string, number>;
  /** Who got in: `slug/person`. */
  readonly people: Set<string>;
  readonly faults: string[];
  count(what: string): void;
  fault(what: string): void;
  /** Notes an answer, and a fault when its status is none of those. */
  expect(answer: { status: number; location?: string; text: string }, statuses: readonly number[], what: string): void;
}

/** A run in which nothing works ends soon. */
export const faultsMax = 20;

export function createTally(): Tally {
  const counts = new Map<string, number>();
  const faults: string[] = [];
  const count = (what: string) => void counts.set(what, (counts.get(what) ?? 0) + 1);
  const fault = (what: string) => void (faults.length < faultsMax && faults.push(what));
  return {
    counts,
    people: new Set(),
    faults,
    count,
    fault,
    expect: ({ status, location = '', text }, statuses, what) => {
      count(`${what}: ${status}`);
      if (!statuses.includes(status)) fault(`${what}: ${status} ${location} ${text.slice(0, 300)}`);
    },
  };
}

/** Whether the server gave somebody a session with this answer. */
export function givesSession({ headers }: PageAnswer): boolean {
  return headers.getSetCookie().some((line) => /^jid=[^;]/u.test(line));
}
