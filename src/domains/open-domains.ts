import type { DomainsDeps } from './deps.ts';
import { shareLookups } from './shared-lookup.ts';
import { createTxtLookup } from './txt-lookup.ts';
import { bindVouchedDomains, type VouchedDomain } from './vouched-domains.ts';

/** What the operator set. */
interface DomainsConfig {
  /** DNS servers to ask; this machine's when empty. */
  readonly dnsServers: readonly string[];
  readonly domainRecordLabel: string;
  readonly domainRecordPrefix: string;
  readonly verifiedDomains: readonly VouchedDomain[];
}

/** The e-mail domains. Those that the operator vouches for are bound to their organizations before any request. */
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
