import type { OwnedDomains } from '../domains/owned-domains.ts';
import type { Foresee, ForeseenRefusal } from '../invitations/warnings.ts';
import { foreseeRefusal } from '../provisioning/foresee-refusal.ts';
import { isDomainAllowed } from '../connections/email-domains.ts';
import { findOidcConfig } from '../connections/queries.ts';

/** Predicts for invitations how the sign-in of an address would end, with the current connection and policy. */
export function createForesight({ ownerOf }: OwnedDomains): Foresee {
  return async (db, { id, provisioningPolicy: policy }) => {
    const config = await findOidcConfig(db, id);
    const owned = new Map<string, boolean>();
    return async ({ key, domain }): Promise<ForeseenRefusal | undefined> => {
      if (config?.is_active !== 1) return 'sign_in_unavailable';
      const domainIsOwned = owned.get(domain) ?? (await ownerOf(db, domain)) === id;
      owned.set(domain, domainIsOwned);
      const domainIsAllowed = isDomainAllowed(config.allowed_email_domains, domain);
      const code = foreseeRefusal(key, { policy, domainIsAllowed, domainIsOwned });
      return code === 'email_domain_not_allowed' || code === 'email_domain_not_verified' ? code : undefined;
    };
  };
}
