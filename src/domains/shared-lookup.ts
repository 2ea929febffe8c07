import { createBoundedMap } from '../kernel/bounded-map.ts';
import type { Clock } from '../kernel/clock.ts';
import { dnsAnswerKeptMs, dnsAnswersKeptMax, dnsLookupsMax } from './limits.ts';
import type { TxtAnswer, TxtLookup } from './txt-lookup.ts';

/**
 * Shares one lookup of a name, and for a moment its answer, among all callers. A domain's servers are queried at one
 * pace, however many organizations add the domain. Beyond a number of concurrent lookups, the result is "no answer".
 */
export function shareLookups(lookup: TxtLookup, clock: Clock): TxtLookup {
  const kept = createBoundedMap<{ readonly answer: Promise<TxtAnswer>; readonly untilMs: number }>(dnsAnswersKeptMax);
  let underWay = 0;

  const askOnce = async (name: string): Promise<TxtAnswer> => {
    underWay += 1;
    try {
      return await lookup(name);
    } finally {
      underWay -= 1;
    }
  };

  return async (name) => {
    const nowMs = clock.nowMs();
    const known = kept.get(name);
    if (known !== undefined && nowMs < known.untilMs) return known.answer;
    if (underWay >= dnsLookupsMax) return { kind: 'unclear', reason: 'busy' };
    const answer = askOnce(name);
    kept.set(name, { answer, untilMs: nowMs + dnsAnswerKeptMs });
    return answer;
  };
}
