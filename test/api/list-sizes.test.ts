import { beforeAll, describe, expect, it } from 'vitest';

import { apiRoutes } from '../../src/contract/api.ts';
import { groupsPerOrganizationMax, listBytesMax } from '../../src/contract/limits.ts';
import { addMember, addOrganization, addPerson } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { type Answer, type TestServer, useServer } from '../support/server.ts';
import { runCommand } from '../support/command-line.ts';
import { auditedDatabase, largestEntry } from '../support/audit.ts';
import { asId, type OrganizationId } from '../../src/contract/ids.ts';
import { systemClock } from '../../src/kernel/clock.ts';

/** Lists with a fixed maximum per server, connection or connection test. */
const shortLists = [
  'readAssumptions',
  'readAuthEnforcement',
  'readClientKeySet',
  'readClientKeys',
  'readConnectionOptions',
  'readKeys',
  'readLoginAttempt',
  'readSigningKeys',
];
const entriesWritten = 600;
const home = '/nonexistent';

/** 255 characters of four bytes each, the longest name that can be stored. */
const longName = (index: number) => `${'𝒜'.repeat(250)}${String(index).padStart(5, '0')}`;

describe.each(engines)('the size of lists (%s)', (engine) => {
  let organizationId: string;
  let token: string;

  const { server, boot } = useServer({ engine });
  beforeAll(async () => {
    organizationId = await addOrganization(server, boot);
    token = (await addMember(server, boot, { organizationId, role: 'admin' })).token;
  });

  const rowsOf = (answer: Answer, field: string): unknown[] => (field === '' ? answer.body : answer.body[field]);

  /**
   * Reads a list to its end by the header, and expects each page to be within the limit and the total to be constant.
   */
  async function readWhole(path: string, field: string): Promise<{ rows: unknown[]; pages: number }> {
    const rows: unknown[] = [];
    let offset = '0';
    for (let pages = 1; ; pages += 1) {
      const answer = await server.call(`${path}${path.includes('?') ? '&' : '?'}offset=${offset}`, { token });
      expect(answer.status).toBe(200);
      expect(Buffer.byteLength(answer.text)).toBeLessThan(listBytesMax * 1.1);
      rows.push(...rowsOf(answer, field));
      const next = answer.headers.get('x-next-offset');
      if (next === null) {
        expect(Number(answer.headers.get('x-total-count'))).toBe(rows.length);
        return { rows, pages };
      }
      expect(Number(next)).toBe(rows.length);
      offset = next;
    }
  }

  it('H381: pages of groups with the longest names stay within one mebibyte, without gaps or repetitions', async () => {
    await server.database.transaction(async (tx) => {
      const groups = Array.from({ length: 1500 }, (_, index) => ({
        id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
        organization_id: organizationId,
        name: longName(index),
        slug: `group-${index}`,
        role: 'member' as const,
        created_at: 0,
        updated_at: 0,
      }));
      for (let index = 0; index < groups.length; index += 100) {
        await tx
          .insertInto('groups')
          .values(groups.slice(index, index + 100))
          .execute();
      }
    });
    const { rows, pages } = await readWhole('/api/v1/groups', '');
    expect(pages).toBeGreaterThan(1);
    expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(1500);
    const env = { SALLYPORT_URL: server.url, SALLYPORT_TOKEN: token };
    const listed = await runCommand(['group', 'list', '--json'], { env, home });
    expect(JSON.parse(listed.output)).toEqual(rows);
    const found = await runCommand(['group', 'get', 'group-1499', '--json'], { env, home });
    expect(JSON.parse(found.output)).toMatchObject({ slug: 'group-1499', role: 'member' });
    const some = await runCommand(['group', 'list', '--limit', '1400', '--json'], { env, home });
    expect(JSON.parse(some.output)).toEqual(rows.slice(0, 1400));
  });

  it('H381: pages of members with long names stay within one mebibyte', async () => {
    const people: { userId: string }[] = [];
    for (let index = 0; index < 6; index += 1) {
      people.push(await addPerson(server, boot, { organizationId, role: 'member' }));
    }
    const long = '𝒜'.repeat(60_000);
    await server.database.transaction(async (tx) => {
      for (const { userId } of people) {
        await tx.updateTable('users').set({ first_name: long }).where('id', '=', userId).execute();
      }
    });
    const { rows, pages } = await readWhole(`/api/v2/organizations/${organizationId}/memberships`, 'users');
    expect([rows.length, pages]).toEqual([7, 2]);
  });

  it('H380: audit entries, their pages and their export have a limit', async () => {
    const before = await server.call('/api/v1/organization/audit-logs', { token });
    await writeLargeEntries(server, organizationId);
    const whole = await readWhole('/api/v1/organization/audit-logs?limit=1000', 'auditLogs');
    expect(whole.pages).toBeGreaterThan(1);
    const { sequence } = before.body.auditLogs[0];
    expect(whole.rows).toHaveLength(sequence + entriesWritten);
    const filtered = await readWhole(
      '/api/v1/organization/audit-logs?limit=1000&eventType=oidc-group-membership-mapping-assign-user&actorType=server',
      'auditLogs',
    );
    expect(filtered.rows).toHaveLength(entriesWritten);
    let lines: string[] = [];
    for (let after = '0'; ;) {
      const page = await server.call(`/api/v1/organization/audit-logs/export?after=${after}`, { token });
      expect(Buffer.byteLength(page.text)).toBeLessThanOrEqual(listBytesMax * 1.1);
      const more = page.text.split('\n').filter((line) => line !== '');
      if (more.length === 0) break;
      lines = [...lines, ...more];
      after = page.headers.get('x-next-cursor') ?? '';
    }
    expect(lines).toHaveLength(sequence + entriesWritten);
    const env = { SALLYPORT_URL: server.url, SALLYPORT_TOKEN: token };
    const exported = await runCommand(['audit', 'export'], { env, home });
    expect(exported.output.trimEnd().split('\n')).toEqual(lines);
  });

  it.each(apiRoutes.filter(({ list }) => list !== undefined).map((route) => [route.operationId, route] as const))(
    '%s accepts limit and offset and returns the total count',
    (_, { query, list, response }) => {
      expect(Object.keys(Reflect.get(query ?? {}, 'properties'))).toEqual(expect.arrayContaining(['limit', 'offset']));
      if (list !== '') expect(Object.keys(Reflect.get(response ?? {}, 'properties'))).toContain('totalCount');
    },
  );

  it('every response with a list has a limit, or its list is always short', () => {
    const unbounded = apiRoutes.flatMap(({ operationId, method, list, response }) => {
      const properties: Record<string, { type?: string }> = Reflect.get(response ?? {}, 'properties') ?? {};
      const lists =
        Reflect.get(response ?? {}, 'type') === 'array' ||
        Object.values(properties).some(({ type }) => type === 'array');
      return method === 'GET' && lists && list === undefined ? [operationId] : [];
    });
    expect(unbounded.toSorted()).toEqual(shortLists);
  });

  it('returns the headers of a complete list and of a page', async () => {
    const mine = await server.call('/api/v2/users/me/sessions?limit=1', { token });
    const total = Number(mine.headers.get('x-total-count'));
    expect(mine.body).toHaveLength(1);
    expect(total).toBeGreaterThan(1);
    expect(mine.headers.get('x-next-offset')).toBe('1');
    const rest = await server.call('/api/v2/users/me/sessions?offset=1', { token });
    expect(rest.body).toHaveLength(total - 1);
    expect(rest.headers.get('x-next-offset')).toBeNull();
    const beyond = await server.call(`/api/v1/groups?offset=${groupsPerOrganizationMax}`, { token });
    expect([beyond.body, beyond.headers.get('x-next-offset')]).toEqual([[], null]);
  });
});

/** Writes audit entries with more data than an entry holds. */
async function writeLargeEntries(server: TestServer, organizationId: string): Promise<void> {
  const { database, audit } = auditedDatabase(server.database, systemClock);
  await database.transaction(async (tx) => {
    for (let index = 0; index < entriesWritten; index += 1) {
      await audit(tx, largestEntry(asId<OrganizationId>(organizationId)));
    }
  });
}
