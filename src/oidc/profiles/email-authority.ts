import { member, type JsonObject } from '../bounded-json.ts';
import type { Profile } from './profile.ts';

/**
 * Whether a provider may assert an e-mail address of this domain. Some providers let anyone have an account with a
 * foreign address. They must name the domain of the address in a claim of its own, or the address counts as unverified.
 */
export function hasEmailAuthority(
  { emailAuthority }: Profile,
  asserted: { readonly issuer: string; readonly claims: JsonObject; readonly domain: string },
): boolean {
  if (emailAuthority?.issuer !== asserted.issuer || emailAuthority.ownDomains.includes(asserted.domain)) {
    return true;
  }
  const named = member(asserted.claims, emailAuthority.domainClaim);
  return typeof named === 'string' && named.toLowerCase() === asserted.domain;
}
