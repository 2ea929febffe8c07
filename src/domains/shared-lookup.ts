import { createBoundedMap } from '../kernel/bounded-map.ts';
import type { Clock } from '../kernel/clock.ts';
import { dnsAnswerKeptMs, dnsAnswersKeptMax, dnsLookupsMax } from './limits.ts';
import type { TxtAnswer, TxtLookup } from './txt-lookup.ts';

/**
 * Shares one look-up of a name, and for a moment its answer, among all who ask: however many organizations claim a
 * domain, its servers are asked at one pace. Beyond so many look-ups at once the answer is that there is none.
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
