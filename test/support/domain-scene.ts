import type { DomainsDeps } from '../../src/domains/deps.ts';
import { createTxtLookup } from '../../src/domains/txt-lookup.ts';
import { systemRandom } from '../../src/kernel/random.ts';
import type { Engine } from '../../src/storage/database.ts';
import { addOrganization, type Machine, addMachine, logIn } from './callers.ts';
import { auditedDatabase } from './audit.ts';
import { type PracticeDns, startPracticeDns } from './practice-dns.ts';
import { type Answer, type Bootstrapped, bootstrap, startTestServer, type TestServer } from './server.ts';
import { createStillClock, type StillClock } from './still-clock.ts';
import { sharedFixture } from './shared-fixture.ts';

export const domainsUrl = '/api/v1/email-domains';

/** An organization and the token of its admin, who has no other role. */
export interface Tenant {
  readonly id: string;
  readonly token: string;
}

/** A whole server with its clock and its DNS. */
export interface DomainScene {
  readonly server: TestServer;
  readonly clock: StillClock;
  readonly dns: PracticeDns;
  readonly boot: Bootstrapped;
  addTenant(): Promise<Tenant>;
  claim(tenant: Tenant, domain: string): Promise<Answer>;
  /** Waits until a check is allowed again, and requests one. */
  verify(tenant: Tenant, id: string): Promise<Answer>;
  /** Adds a domain, adds its record to DNS, and has it verified. */
  prove(tenant: Tenant, domain: string): Promise<ProvedDomain>;
  list(tenant: Tenant): Promise<Answer>;
  remove(tenant: Tenant, id: string): Promise<Answer>;
  /** The dependencies of a node's job. */
  jobDeps(): DomainsDeps;
  /** The types of the domain events in an organization's trail, in order. */
  audited(organizationId: string): Promise<string[]>;
  close(): Promise<void>;
}

export interface ProvedDomain {
  readonly id: string;
  readonly recordName: string;
  readonly code: string;
}

/** A scene that the tests of one `describe` share. */
export function useDomainScene(engine: Engine, settings: Readonly<Record<string, string>> = {}): DomainScene {
  return sharedFixture(async () => openDomainScene(engine, settings));
}

async function openDomainScene(engine: Engine, settings: Readonly<Record<string, string>> = {}): Promise<DomainScene> {
  const dns = await startPracticeDns();
  const clock = createStillClock();
  const server = await startTestServer({
    engine,
    clock,
    settings: { SALLYPORT_DNS_SERVERS: dns.address, ...settings },
  });
  const boot = await bootstrap(server);

  const addTenant = async (): Promise<Tenant> => {
    const id = await addOrganization(server, boot);
    const machine: Machine = await addMachine(server, boot, { organizationId: id, role: 'admin' });
    return { id, token: (await logIn(server, machine)).body.accessToken };
  };
  const claim = ({ token }: Tenant, domain: string) => server.call(domainsUrl, { token, json: { domain } });
  const verify = ({ token }: Tenant, id: string) => {
    clock.advanceSeconds(10);
    return server.call(`${domainsUrl}/${id}/verify`, { method: 'POST', token });
  };
  return {
    server,
    clock,
    dns,
    boot,
    addTenant,
    claim,
    verify,
    prove: async (tenant, domain) => {
      const { id, verificationRecordName, verificationCode } = (await claim(tenant, domain)).body.emailDomain;
      dns.set(verificationRecordName, { txt: [verificationCode] });
      const { status, text } = await verify(tenant, id);
      if (status !== 200) throw new Error(text);
      return { id, recordName: verificationRecordName, code: verificationCode };
    },
    list: ({ token }) => server.call(domainsUrl, { token }),
    remove: ({ token }, id) => server.call(`${domainsUrl}/${id}`, { method: 'DELETE', token }),
    jobDeps: () => ({
      ...auditedDatabase(server.database, clock),
      clock,
      random: systemRandom,
      lookupTxt: createTxtLookup({ servers: [dns.address], timeoutMs: 60 }),
      domainSettings: { recordLabel: '_label', recordPrefix: 'prefix=', vouched: [] },
    }),
    audited: async (organizationId) => {
      const rows = await server.database.db
        .selectFrom('audit_events')
        .select('event_type')
        .where('organization_id', '=', organizationId)
        .where('event_type', 'like', 'email-domain-%')
        .orderBy('sequence')
        .execute();
      return rows.map((row) => row.event_type);
    },
    close: async () => {
      await server.close();
      await dns.close();
    },
  };
}
