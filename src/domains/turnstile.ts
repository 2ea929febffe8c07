/** Lets so many in at once under one key. */
export interface Turnstile {
  /** The way out again; `undefined` when as many are in already. */
  enter(key: string): (() => void) | undefined;
}

export function createTurnstile(max: number): Turnstile {
  const inside = new Map<string, number>();
  return {
    enter: (key) => {
      const count = inside.get(key) ?? 0;
      if (count >= max) return undefined;
      inside.set(key, count + 1);
      return () => {
        const left = (inside.get(key) ?? 1) - 1;
        if (left === 0) inside.delete(key);
        else inside.set(key, left);
      };
    },
  };
}
