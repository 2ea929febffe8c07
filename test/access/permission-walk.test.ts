import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { apiRoutes } from '../../src/contract/api.ts';
import type { RouteContract } from '../../src/contract/route.ts';
import { type Role, roles } from '../../src/contract/shapes.ts';
import { addMachine, addMember, addOrganization, logIn, signIn, withoutRequestId } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { type Answer, type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';
import { ofNoOrganization, type PermissionRow, permissionTable } from './permission-table.ts';
import { createThings, createUnknownThings, type Things } from './things.ts';

/** A caller with a token: a member of the first organization with that role, or an instance admin. */
interface Caller {
  readonly kind: 'user' | 'identity';
  readonly role: Role | 'instance-admin';
  readonly token: string;
}

type Target = 'own' | 'foreign' | 'unknown';

describe('the table of permissions', () => {
  it('has each endpoint once: a new one needs a row in test/access/permission-table.ts', () => {
    const rows = [...Object.keys(permissionTable), ...ofNoOrganization];
    expect(rows.toSorted((one, other) => one.localeCompare(other))).toEqual(
      apiRoutes.map((route) => route.operationId).toSorted((one, other) => one.localeCompare(other)),
    );
  });

  it('has every endpoint that takes an organization', () => {
    const excused = apiRoutes.filter((route) => ofNoOrganization.includes(route.operationId));
    expect(excused.filter((route) => route.access === 'organization')).toEqual([]);
  });
});

describe.each(engines)('what each caller may do in which organization (%s)', (engine) => {
  let server: TestServer;
  let boot: Bootstrapped;
  let callers: readonly Caller[];
  let organizations: Readonly<Record<'own' | 'foreign', string>>;
  let shared: Readonly<Record<Target, Things>>;

  beforeAll(async () => {
    server = await startTestServer({ engine, settings: { SALLYPORT_DNS_SERVERS: '127.0.0.1:9' } });
    boot = await bootstrap(server);
    const own = await addOrganization(server, boot);
    organizations = { own, foreign: await addOrganization(server, boot) };
    shared = {
      own: createThings(server, boot, own),
      foreign: createThings(server, boot, organizations.foreign),
      unknown: createUnknownThings(),
    };
    callers = [
      ...(await Promise.all(roles.map(async (role) => addUser(role)))),
      ...(await Promise.all(roles.map(async (role) => addIdentity(role)))),
      { kind: 'user', role: 'instance-admin', token: (await signIn(server, boot.admin)).body.accessToken },
      { kind: 'identity', role: 'instance-admin', token: boot.token },
    ];
    // Configured, so that no request fails only because its resource is missing.
    for (const target of ['own', 'foreign'] as const) await shared[target].configure(true);
  });
  afterAll(async () => {
    await server.close();
  });

  async function addUser(role: Role): Promise<Caller> {
    const { token } = await addMember(server, boot, { organizationId: organizations.own, role });
    return { kind: 'user', role, token };
  }

  async function addIdentity(role: Role): Promise<Caller> {
    const machine = await addMachine(server, boot, { organizationId: organizations.own, role });
    return { kind: 'identity', role, token: (await logIn(server, machine)).body.accessToken };
  }

  async function ask(
    route: RouteContract,
    row: PermissionRow,
    { at, token }: { at: Things; token: string },
  ): Promise<Answer> {
    const params = await row.params?.(at);
    const names = [...route.url.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
    let path = route.url;
    for (const name of names) path = path.replace(`:${name}`, encodeURIComponent(await paramOf(at, name, params)));
    const query = new URLSearchParams(await row.query?.(at));
    const json = await row.json?.(at);
    return server.call(`${path}?${query.toString()}`, {
      method: route.method,
      token,
      ...(json !== undefined && { json }),
    });
  }

  async function countEvents(): Promise<number> {
    const { count } = await server.database.db
      .selectFrom('audit_events')
      .select((row) => row.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  const walked = apiRoutes.filter((route) => permissionTable[route.operationId] !== undefined);

  it.each(walked.map((route) => [route.operationId, route] as const))('H219, H220: %s', async (operationId, route) => {
    const row = permissionTable[operationId];
    if (row === undefined) throw new Error('the first test says so');
    const admitted = callers.filter(({ kind }) => row.callers === undefined || row.callers === kind);
    for (const target of ['own', 'foreign', 'unknown'] as const) {
      for (const { kind, role, token } of admitted) {
        const expected = expectedStatus(row, role, target);
        const isFresh = expected === 200 && target !== 'unknown';
        const at = isFresh ? createThings(server, boot, organizations[target]) : shared[target];
        if (isFresh) await row.given?.(at);
        // No caller under test sends this. It only creates the resources before the audit trail is counted.
        else await ask(route, row, { at, token: 'none' });
        const before = await countEvents();
        const { status, body } = await ask(route, row, { at, token });
        const code = status === 200 ? undefined : body.code;
        const answered = expected === 200 ? (row.allowed ?? 200) : expected;
        expect({ kind, role, target, status, code }).toMatchObject({ kind, role, target, status: answered });
        if (expected !== 200) expect(await countEvents()).toBe(before);
      }
    }
    for (const { token } of admitted.filter(({ role }) => role !== 'instance-admin')) {
      const foreign = await ask(route, row, { at: shared.foreign, token });
      const unknown = await ask(route, row, { at: shared.unknown, token });
      expect(withoutRequestId(foreign)).toBe(withoutRequestId(unknown));
    }
  });
});

function expectedStatus({ may }: PermissionRow, role: Caller['role'], target: Target): 200 | 403 | 404 {
  if (target === 'unknown') return 404;
  if (role === 'instance-admin') return 200;
  if (target === 'foreign') return 404;
  return roles.indexOf(role) <= roles.indexOf(may) ? 200 : 403;
}

/** The value of a path parameter; most are named after the resource. */
async function paramOf(at: Things, name: string, given: Readonly<Record<string, string>> = {}): Promise<string> {
  const value = given[name];
  if (value !== undefined) return value;
  switch (name) {
    case 'organizationId':
      return at.organizationId;
    case 'membershipId':
    case 'invitationId':
    case 'username':
    case 'identityId':
    case 'clientSecretId':
    case 'applicationId':
    case 'secretId':
      return at[name]();
    default:
      throw new Error(`the row has to say what :${name} stands for`);
  }
}
