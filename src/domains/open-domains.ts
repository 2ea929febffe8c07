import type { DomainsDeps } from './deps.ts';
import { shareLookups } from './shared-lookup.ts';
import { createTxtLookup } from './txt-lookup.ts';
import { bindVouchedDomains, type VouchedDomain } from './vouched-domains.ts';

/** The operator's settings. */
interface DomainsConfig {
  /** DNS servers; this machine's if empty. */
  readonly dnsServers: readonly string[];
  readonly domainRecordLabel: string;
  readonly domainRecordPrefix: string;
  readonly verifiedDomains: readonly VouchedDomain[];
}

/** Opens the e-mail domains. The operator's domains are bound to their organizations before the first request. */
export async function openDomains(
  { dnsServers, domainRecordLabel, domainRecordPrefix, verifiedDomains: vouched }: DomainsConfig,
  world: Omit<DomainsDeps, 'lookupTxt' | 'domainSettings'>,
): Promise<DomainsDeps> {
  await bindVouchedDomains(world, vouched);
  return {
    ...world,
    lookupTxt: shareLookups(createTxtLookup({ servers: dnsServers }), world.clock),
    domainSettings: { recordLabel: domainRecordLabel, recordPrefix: domainRecordPrefix, vouched },
  };
}
