import { parseDomainName } from '../contract/domain-name.ts';
import { allowedEmailDomainsCountMax } from '../contract/limits.ts';
import { publicSuffixOf } from '../contract/public-suffix.ts';

/** A parsed `allowedEmailDomains`, or its first invalid item. */
export type ParsedDomains = { ok: true; items: readonly string[] } | { ok: false; problem: string };

const wildcard = '*.';

/**
 * Parses a comma-separated list of domains. Items are trimmed, converted to lower-case A-labels and deduplicated; empty
 * items are dropped. A leading `*.` covers the domain and its subdomains. It is not allowed in front of a public
 * suffix, below which strangers register names.
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

/** Whether an address of `domain` may sign in under a stored list. An empty list allows every domain. */
export function isDomainAllowed(allowedEmailDomains: string, domain: string): boolean {
  if (allowedEmailDomains === '') return true;
  return allowedEmailDomains.split(', ').some((item) => covers(item, domain));
}

// `*.acme.com` covers acme.com and all of its subdomains. Whole labels are compared, from the end.
function covers(item: string, domain: string): boolean {
  if (!item.startsWith(wildcard)) return item === domain;
  const base = item.slice(wildcard.length);
  return domain === base || domain.endsWith(`.${base}`);
}
