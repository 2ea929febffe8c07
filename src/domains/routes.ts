/**
 * The e-mail domains of organizations: adding them, verifying them by a TXT record, and rechecking that record. An
 * owned domain leads addresses to a sign-in and links accounts (`owned-domains.ts`).
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
