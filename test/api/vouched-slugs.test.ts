import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { addMember } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';

describe.each(engines)('a slug that SALLYPORT_VERIFIED_DOMAINS names (%s)', (engine) => {
  let server: TestServer;
  let boot: Bootstrapped;
  let member: string;

  beforeAll(async () => {
    const vouched = 'victim.example:victim-corp,own.example:acme,fourth.example:fourth';
    const settings = { SALLYPORT_VERIFIED_DOMAINS: vouched, SALLYPORT_ORGANIZATION_CREATION: 'anyone' };
    server = await startTestServer({ engine, settings });
    boot = await bootstrap(server);
    member = (await addMember(server, boot, { organizationId: boot.organizationId, role: 'admin' })).token;
  });
  afterAll(() => server.close());

  const create = async (token: string, json: { name: string; slug?: string }) =>
    server.call('/api/v2/organizations', { token, json });

  it('H342: is never derived from the name of a new organization', async () => {
    for (const token of [member, boot.token]) {
      const { body } = await create(token, { name: 'Victim Corp' });
      expect(body.organization.slug).toMatch(/^victim-corp-[0-9a-f]{8}$/);
    }
  });

  it('H342: counts as taken for everyone except instance admins, when creating and renaming', async () => {
    const taken = { status: 409, body: { code: 'slug_taken' } };
    expect(await create(member, { name: 'Anything', slug: 'victim-corp' })).toMatchObject(taken);
    const path = `/api/v1/organization/${(await create(boot.token, { name: randomUUID() })).body.organization.id}`;
    const admin = await addMember(server, boot, { organizationId: path.slice(-36), role: 'admin' });
    const rename = { method: 'PATCH', json: { slug: 'victim-corp' } };
    expect(await server.call(path, { ...rename, token: admin.token })).toMatchObject(taken);
  });

  it('can be set by an instance admin, and for the first organization of the server', async () => {
    const { body } = await create(boot.token, { name: 'Fourth', slug: 'fourth' });
    expect(body.organization.slug).toBe('fourth');
    expect(boot.slug).toBe('acme');
  });
});
