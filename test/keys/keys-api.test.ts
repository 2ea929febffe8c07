import { describe, expect, it } from 'vitest';

import { addMember } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { useServer } from '../support/server.ts';

const keysUrl = '/api/v1/admin/keys';

describe.each(engines)('the server key endpoints (%s)', (engine) => {
  const { server, boot } = useServer({ engine });

  const rotate = (kind: unknown, token = boot.token) => server.call(`${keysUrl}/rotate`, { token, json: { kind } });
  const audited = async () =>
    await server.database.db
      .selectFrom('audit_events')
      .selectAll()
      .where('event_type', '=', 'server-keys-rotate')
      .execute();

  it("show the keys' metadata and never a key", async () => {
    const { status, body, text } = await server.call(keysUrl, { token: boot.token });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      rootKeys: [{ id: 'testroot', isCurrent: true, sealedDataKeys: 1 }],
      dataKeys: [{ state: 'current', sealedValues: 2, retiredAt: null }],
      signingKeys: [{ state: 'current', algorithm: 'EdDSA', verifyUntil: null }],
    });
    expect(text).not.toMatch(/"d"|jwk|sealed_/u);
  });

  it('rotate once under concurrent requests, with one audit entry', async () => {
    for (const kind of ['signing', 'signing', 'data', 'data', 'root']) expect((await rotate(kind)).status).toBe(200);
    const { body } = await server.call(keysUrl, { token: boot.token });
    expect(body.signingKeys.map(({ state }: { state: string }) => state)).toEqual(['current', 'next']);
    expect(body.dataKeys.map(({ state }: { state: string }) => state)).toEqual(['current', 'next']);
    const trail = await audited();
    expect(trail.map((row) => JSON.parse(row.event_metadata).kind)).toEqual(['signing', 'data']);
    expect(trail.every((row) => row.organization_id === 'server')).toBe(true);
    expect((await rotate('everything')).status).toBe(422);
  });

  it('are for instance admins, not for admins of an organization', async () => {
    const { organizationId } = boot;
    const person = await addMember(server, boot, { organizationId, role: 'admin' });
    const before = await audited();
    for (const answer of [
      await server.call(keysUrl, { token: person.token }),
      await rotate('signing', person.token),
      await rotate('data', person.looseToken),
    ]) {
      expect(answer).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
    }
    expect((await server.call(keysUrl)).status).toBe(401);
    expect(await audited()).toEqual(before);
  });
});
