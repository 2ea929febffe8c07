import { parseDomainName, type DomainName } from '../contract/domain-name.ts';
import { appError } from '../contract/errors.ts';
import { publicSuffixOf } from '../contract/public-suffix.ts';
import { freeMailDomains } from './free-mail-domains.ts';

/**
 * Parses the domain that an organization wants to add. Some names are not allowed: strangers register names below a
 * public suffix, including private ones (`co.uk`, `github.io`), and have addresses in the domains of free mail
 * providers.
 *
 * @throws `validation_failed`
 */
export function requireClaimableDomain(text: string): DomainName {
  const parsed = parseDomainName(text);
  if (!parsed.ok) throw refusal('domain', 'must be a domain name, such as acme.com, without scheme, @ or final dot');
  const { domain } = parsed;
  if (publicSuffixOf(domain, 'private') === domain) {
    throw refusal('public_suffix', 'must not be a name below which strangers register theirs');
  }
  if (freeMailDomains.has(domain)) throw refusal('free_mail', "must not be a free mail provider's");
  return domain;
}

function refusal(code: string, message: string) {
  return appError('validation_failed', { meta: { issues: [{ path: 'domain', code, message }] } });
}
