/** A map with a limited number of entries. Setting an entry makes it the newest one. The oldest one is evicted first. */
export interface BoundedMap<Value> {
  readonly size: number;
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
  /** From the oldest to the newest. */
  values(): Iterable<Value>;
}

/** Creates a map of at most `sizeMax` entries. */
export function createBoundedMap<Value>(sizeMax: number): BoundedMap<Value> {
  // A Map iterates in the order of insertion.
  const entries = new Map<string, Value>();
  return {
    get size() {
      return entries.size;
    },
    get: (key) => entries.get(key),
    set: (key, value) => {
      entries.delete(key);
      entries.set(key, value);
      if (entries.size <= sizeMax) return;
      const [oldest] = entries.keys();
      if (oldest !== undefined) entries.delete(oldest);
    },
    delete: (key) => {
      entries.delete(key);
    },
    values: () => entries.values(),
  };
}
