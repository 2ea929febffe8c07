import { beforeAll, describe, expect, it } from 'vitest';

import { apiRoutes } from '../../src/contract/api.ts';
import { addMember, addOrganization, type Person } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { useServer } from '../support/server.ts';
import { permissionTable } from './permission-table.ts';
import { createThings, type Things } from './things.ts';

/** Text that identifies an organization's resources in any response. */
type Marks = Readonly<Record<string, string>>;

describe.each(engines)('what an organization reads of its own rows (%s)', (engine) => {
  let own: { things: Things; marks: Marks; admin: Person };
  let foreign: { things: Things; marks: Marks; admin: Person };

  const { server, boot } = useServer({ engine, settings: { SALLYPORT_DNS_SERVERS: '127.0.0.1:9' } });
  beforeAll(async () => {
    own = await addBelongings();
    foreign = await addBelongings();
  });

  async function addBelongings() {
    const organizationId = await addOrganization(server, boot);
    const admin = await addMember(server, boot, { organizationId, role: 'admin' });
    const things = createThings(server, boot, organizationId);
    await things.configure(true);
    await things.hook(true);
    const marks = {
      organizationId,
      admin: admin.email,
      group: await things.groupId(),
      member: await things.username(),
      membership: await things.membershipId(),
      domain: await things.domainId(),
      invitation: await things.invitationId(),
      identity: await things.identityId(),
      clientSecret: await things.clientSecretId(),
      application: await things.applicationId(),
    };
    return { things, marks, admin };
  }

  const reading = apiRoutes.filter(({ method, operationId }) => method === 'GET' && permissionTable[operationId]);

  async function read(operationId: string): Promise<string> {
    const route = reading.find((one) => one.operationId === operationId);
    const row = permissionTable[operationId];
    if (route === undefined || row === undefined) throw new Error('the table says so');
    const { things, admin } = own;
    const params: Readonly<Record<string, string>> = {
      organizationId: things.organizationId,
      identityId: own.marks.identity ?? '',
      clientSecretId: own.marks.clientSecret ?? '',
      applicationId: own.marks.application ?? '',
      ...(await row.params?.(things)),
    };
    const path = route.url.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
    const query = new URLSearchParams(await row.query?.(things));
    const { status, text } = await server.call(`${path}?${query.toString()}`, { token: admin.token });
    expect([200, 404]).toContain(status);
    return text;
  }

  it.each(reading.map(({ operationId }) => operationId))(
    'H220: %s returns nothing of another organization',
    async (operationId) => {
      const text = await read(operationId);
      expect(Object.entries(foreign.marks).filter(([, mark]) => text.includes(mark))).toEqual([]);
    },
  );

  it('lists what it created', async () => {
    const shown = {
      listMemberships: ['member', 'membership', 'admin'],
      listGroups: ['group'],
      listGroupUsers: ['member'],
      listInvitations: ['invitation'],
      listEmailDomains: ['domain'],
      listIdentities: ['identity'],
      listClientSecrets: ['clientSecret'],
      listAuditLogs: ['group', 'invitation', 'identity'],
      exportAuditLogs: ['group', 'invitation', 'identity'],
      listOrganizationSessions: ['admin'],
    };
    for (const [operationId, names] of Object.entries(shown)) {
      const text = await read(operationId);
      for (const name of names) expect(text, `${operationId} ${name}`).toContain(own.marks[name]);
    }
  });
});
