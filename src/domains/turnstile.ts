import { fairShare } from '../kernel/fair-share.ts';

/** Bounds how many are in at once under one key, and in all. */
export interface Turnstile {
  /** Returns the way out again, or `undefined` when the key or all keys together have too many in already. */
  enter(key: string): (() => void) | undefined;
}

/** Makes a turnstile. The share of each key shrinks while the total fills, so many keys leave room for another. */
export function createTurnstile({ max, perKeyMax }: { max: number; perKeyMax: number }): Turnstile {
  const inside = new Map<string, number>();
  let total = 0;
  return {
    enter: (key) => {
      const count = inside.get(key) ?? 0;
      if (count >= fairShare({ max, used: total, perCallerMax: perKeyMax })) return undefined;
      inside.set(key, count + 1);
      total += 1;
      return () => {
        total -= 1;
        const left = (inside.get(key) ?? 1) - 1;
        if (left === 0) inside.delete(key);
        else inside.set(key, left);
      };
    },
  };
}
