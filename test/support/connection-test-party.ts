import { type Logger, silentLogger } from '../../src/kernel/logger.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { systemRandom } from '../../src/kernel/random.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { createConnectionTest } from '../../src/oidc/connection-test/test-connection.ts';
import type { ConnectionTestReport } from '../../src/contract/connection-test.ts';
import { createGuardedFetch } from '../../src/outbound/guarded-fetch.ts';
import type { HostLookup } from '../../src/outbound/host-lookup.ts';
import { parseOutboundAllow } from '../../src/outbound/outbound-allow.ts';
import { createOutboundPolicy } from '../../src/outbound/outbound-policy.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import { testRedirectUri } from './faulty-idp-sign-in.ts';

export interface TestPartyOptions {
  readonly allow: string;
  readonly lookup: HostLookup;
  readonly certificates?: readonly string[];
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** The connection test without a server, over real sockets, in a network that the test defines. */
export function createConnectionTestParty({ allow, lookup, certificates = [], ...options }: TestPartyOptions) {
  const { clock = systemClock, logger = silentLogger } = options;
  const parsed = parseOutboundAllow(allow);
  const policy = createOutboundPolicy(parsed.ok ? parsed.entries : []);
  const fetch = createGuardedFetch({ policy, lookup, clock, certificates });
  const deps = { probe: fetch.probe, policy, clock, random: systemRandom, redirectUri: testRedirectUri, logger };
  const test = createConnectionTest(deps);
  return {
    /** Tests a provider that has a discovery document. */
    test: async (
      discoveryUrl: string,
      clientSecret = 'a client secret of 32 bytes & more: %+~',
    ): Promise<ConnectionTestReport> =>
      test(
        {
          connection: {
            connectionId: 'connection-1',
            organizationId: 'organization-1',
            revision: 'proposed',
            source: { kind: 'discovery', discoveryUrl },
            clientId: 'sallyport-client',
            clientSecret: new Secret(clientSecret),
            algorithm: 'ES256',
          },
          secret: 'given',
        },
        { reqId: 'request-1' },
      ),
    close: async () => fetch.close(),
  };
}
