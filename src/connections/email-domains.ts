import { parseDomainName } from '../contract/domain-name.ts';
import { allowedEmailDomainsCountMax } from '../contract/limits.ts';
import { publicSuffixOf } from '../contract/public-suffix.ts';

/** What an `allowedEmailDomains` means, or the item in it that means nothing. */
export type ParsedDomains = { ok: true; items: readonly string[] } | { ok: false; problem: string };

const wildcard = '*.';

/**
 * Reads a comma-separated list of domains. Items are trimmed, brought to lower-case A-labels and told once; empty
 * ones are dropped. A leading `*.` covers the domain and everything below it, so it may not stand before a public
 * suffix, below which strangers register their names.
 */
export function parseAllowedEmailDomains(text: string): ParsedDomains {
  const items = new Set<string>();
  for (const item of text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')) {
    const parsed = parseItem(item);
    if (!parsed.ok) return parsed;
    items.add(parsed.item);
  }
  return items.size > allowedEmailDomainsCountMax
    ? { ok: false, problem: `must have at most ${allowedEmailDomainsCountMax} domains` }
    : { ok: true, items: [...items] };
}

function parseItem(item: string): { ok: true; item: string } | { ok: false; problem: string } {
  const isWildcard = item.startsWith(wildcard);
  const name = (isWildcard ? item.slice(wildcard.length) : item).replace(/^@/, '');
  const parsed = parseDomainName(name);
  if (!parsed.ok) {
    return { ok: false, problem: `has an item that is no domain: "${item.slice(0, shownLength)}"` };
  }
  if (isWildcard && publicSuffixOf(parsed.domain, 'official') === parsed.domain) {
    return { ok: false, problem: `has an item that covers names of strangers: "${item.slice(0, shownLength)}"` };
  }
  return { ok: true, item: isWildcard ? `${wildcard}${parsed.domain}` : parsed.domain };
}

const shownLength = 80;

/** Whether an address of `domain` may sign in under a stored list; an empty list lets every domain in. */
export function isDomainAllowed(allowedEmailDomains: string, domain: string): boolean {
  if (allowedEmailDomains === '') return true;
  return allowedEmailDomains.split(', ').some((item) => covers(item, domain));
}

// `*.acme.com` covers acme.com and any depth below it; what is compared are whole labels, from the end.
function covers(item: string, domain: string): boolean {
  if (!item.startsWith(wildcard)) return item === domain;
  const base = item.slice(wildcard.length);
  return domain === base || domain.endsWith(`.${base}`);
}
