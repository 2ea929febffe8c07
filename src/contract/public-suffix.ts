import { createRequire } from 'node:module';

import type * as tldts from 'tldts';

const load = createRequire(import.meta.url);

/**
 * The public suffix (publicsuffix.org) that a domain lies below, or is itself. With `private`, so do names below which
 * a company lets strangers register theirs (`github.io`).
 *
 * The list takes 5 MiB and only who sets up a domain needs it, so it is loaded by the first who asks.
 */
export function publicSuffixOf(domain: string, names: 'official' | 'private'): string | null {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the package of that name exports
  const { getPublicSuffix } = load('tldts') as typeof tldts;
  return getPublicSuffix(domain, { allowPrivateDomains: names === 'private' });
}
