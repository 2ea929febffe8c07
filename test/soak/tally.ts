import type { PageAnswer } from '../support/browser-client.ts';

/** The counts of a soak, and its faults. */
export interface Tally {
  /** How often each kind of event happened. */
  readonly counts: Map<string, number>;
  /** Users who signed in: `slug/person`. */
  readonly people: Set<string>;
  readonly faults: string[];
  count(what: string): void;
  fault(what: string): void;
  /** Counts a response, and records a fault if its status is not one of the expected. */
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

/** Whether the response started a session. */
export function givesSession({ headers }: PageAnswer): boolean {
  return headers.getSetCookie().some((line) => /^jid=[^;]/u.test(line));
}
