type Cookies = ReadonlyMap<string, readonly string[]>;

/** How many cookies of one kind a browser keeps, and how many bytes they may have together. */
export interface CookieBudget {
  /** What the names of these cookies begin with. After it, a name continues with the time of its creation. */
  readonly prefix: string;
  readonly countMax: number;
  readonly bytesMax: number;
}

/**
 * The cookies to drop, oldest first, so that one more with a number of bytes fits. Node rejects headers beyond 16 KiB and
 * many proxies reject 8 KiB, which would lock the browser out of the whole site.
 */
export function cookiesToDrop(held: Cookies, newBytes: number, { prefix, countMax, bytesMax }: CookieBudget): string[] {
  const names = [...held.keys()].filter((name) => name.startsWith(prefix)).toSorted();
  let bytes = newBytes;
  let count = 1;
  // Newest first: each stays if it fits together with the newer ones.
  const kept = names.toReversed().findIndex((name) => {
    bytes += (held.get(name) ?? []).reduce((sum, value) => sum + cookieBytes(name, value), 0);
    count += 1;
    return bytes > bytesMax || count > countMax;
  });
  return kept < 0 ? [] : names.slice(0, names.length - kept);
}

/** The size of a cookie in the request header: `name=value; `. Both are ASCII. */
export function cookieBytes(name: string, value: string): number {
  return name.length + value.length + 3;
}
