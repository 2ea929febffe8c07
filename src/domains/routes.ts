/**
 * Which organization owns which e-mail domain: claims, their proof by a TXT record, and whether the proof still stands.
 * An owned domain leads addresses to a sign-in and lets them link accounts (`owned-domains.ts` answers); nothing else.
 */
import { emailDomainRoutes } from '../contract/email-domains.ts';
import type { Mount } from '../http/mount.ts';
import { createEmailDomain } from './create-email-domain.ts';
import { deleteEmailDomain } from './delete-email-domain.ts';
import type { DomainsDeps } from './deps.ts';
import { dnsLookupsOfCallersMax, dnsLookupsPerOrganizationMax } from './limits.ts';
import { listEmailDomains } from './list-email-domains.ts';
import { createTurnstile } from './turnstile.ts';
import { verifyEmailDomain } from './verify-email-domain.ts';

export function mountEmailDomains(mount: Mount, deps: DomainsDeps): void {
  const turnstile = createTurnstile({ max: dnsLookupsOfCallersMax, perKeyMax: dnsLookupsPerOrganizationMax });

  mount(emailDomainRoutes.createEmailDomain, async (call) => ({ emailDomain: await createEmailDomain(deps, call) }));

  mount(emailDomainRoutes.verifyEmailDomain, async ({ actor, clientInfo, params, query }) => ({
    emailDomain: await verifyEmailDomain(deps, { actor, clientInfo, named: { ...query, ...params }, turnstile }),
  }));

  mount(emailDomainRoutes.listEmailDomains, async ({ actor, query }) => listEmailDomains(deps, actor, query));

  mount(emailDomainRoutes.deleteEmailDomain, async ({ actor, clientInfo, params, query }) => ({
    emailDomain: await deleteEmailDomain(deps, { actor, clientInfo, named: { ...query, ...params } }),
  }));
}
