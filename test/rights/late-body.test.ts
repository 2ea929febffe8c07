import { describe, expect, it } from 'vitest';

import { addMachine, addMember, logIn } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { holdRequest } from '../support/held-request.ts';
import { useServer } from '../support/server.ts';
import { readEverything } from '../support/stored-rows.ts';

describe.each(engines)('a request whose body arrives after its credential ended (%s)', (engine) => {
  const { server, boot } = useServer({ engine });

  const requests = [
    ['a session that it would derive', '/api/v3/auth/select-organization', {}],
    ['a machine identity that it would create', '/api/v1/identities', { name: 'kept', role: 'admin' }],
    ['a group that it would create', '/api/v1/groups', { name: 'Kept' }],
  ] as const;

  it.each(requests)(
    'H331: is rejected after its owner ended the sessions, and leaves no %s',
    async (_, path, fields) => {
      const { organizationId } = boot;
      const { token, looseToken } = await addMember(server, boot, { organizationId, role: 'admin' });
      const held = await holdRequest(server.url, { token, json: { ...fields, organizationId }, path });
      expect((await server.call('/api/v2/users/me/sessions', { method: 'DELETE', token: looseToken })).status).toBe(
        200,
      );
      const before = await readEverything(server.database);
      expect((await held.finish()).status).toBe(403);
      expect(await readEverything(server.database)).toEqual(before);
    },
  );

  it.each(requests)(
    'H331: is rejected after an admin ended the sessions, and leaves no %s',
    async (_, path, fields) => {
      const { organizationId } = boot;
      const { token, userId } = await addMember(server, boot, { organizationId, role: 'admin' });
      const held = await holdRequest(server.url, { token, json: { ...fields, organizationId }, path });
      const url = `/api/v1/organization/${organizationId}/sessions?userId=${userId}`;
      expect((await server.call(url, { method: 'DELETE', token: boot.token })).status).toBe(200);
      const before = await readEverything(server.database);
      expect((await held.finish()).status).toBe(403);
      expect(await readEverything(server.database)).toEqual(before);
    },
  );

  it('H331: is rejected after the machine token was revoked', async () => {
    const { organizationId } = boot;
    const machine = await addMachine(server, boot, { organizationId, role: 'admin' });
    const token: string = (await logIn(server, machine)).body.accessToken;
    const held = await holdRequest(server.url, { token, json: { name: 'Kept', organizationId } });
    const revoked = await server.call('/api/v1/auth/token/revoke', { json: { accessToken: token } });
    expect(revoked.status).toBe(200);
    const before = await readEverything(server.database);
    expect((await held.finish()).status).toBe(403);
    expect(await readEverything(server.database)).toEqual(before);
  });

  it('counts as one use of a machine token', async () => {
    const { organizationId } = boot;
    const settings = { accessTokenNumUsesLimit: 2 };
    const machine = await addMachine(server, boot, { organizationId, role: 'admin', settings });
    const token: string = (await logIn(server, machine)).body.accessToken;
    const create = (name: string) => server.call('/api/v1/groups', { token, json: { name, organizationId } });
    expect([(await create('One')).status, (await create('Two')).status, (await create('Three')).status]).toEqual([
      200, 200, 403,
    ]);
  });
});
