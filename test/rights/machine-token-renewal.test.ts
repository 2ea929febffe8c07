import { describe, expect, it } from 'vitest';

import { addMachine, logIn } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { type Answer, useServer } from '../support/server.ts';
import { expectUntouched, readEverything } from '../support/stored-rows.ts';

describe.each(engines)('a machine token that is no longer accepted (%s)', (engine) => {
  const { server, boot } = useServer({ engine });

  async function newToken(settings: object): Promise<{ accessToken: string; settingsUrl: string }> {
    const { organizationId } = boot;
    const machine = await addMachine(server, boot, { organizationId, role: 'admin', settings });
    const settingsUrl = `/api/v1/auth/universal-auth/identities/${machine.identityId}`;
    return { accessToken: (await logIn(server, machine)).body.accessToken, settingsUrl };
  }
  const present = (act: string, accessToken: string): Promise<Answer> =>
    server.call(`/api/v1/auth/token/${act}`, { json: { accessToken } });

  it.each(['renew', 'revoke'])('H335: is rejected by %s from an untrusted IP address', async (act) => {
    const { accessToken, settingsUrl } = await newToken({ accessTokenMaxTTL: 0 });
    const json = { accessTokenTrustedIps: [{ ipAddress: '192.0.2.0/24' }] };
    expect((await server.call(settingsUrl, { method: 'PATCH', token: boot.token, json })).status).toBe(200);
    const before = await readEverything(server.database);
    expect((await present(act, accessToken)).body.error).toBe('TokenError');
    await expectUntouched(server.database, before);
  });

  it.each(['renew', 'revoke'])('H335: is rejected by %s when no use is left', async (act) => {
    const { accessToken } = await newToken({ accessTokenNumUsesLimit: 1 });
    expect((await server.call('/api/v1/identities/details', { token: accessToken })).status).toBe(200);
    const before = await readEverything(server.database);
    expect((await present(act, accessToken)).body.error).toBe('TokenError');
    await expectUntouched(server.database, before);
  });

  it('H335: loses one use by a renewal', async () => {
    const { accessToken } = await newToken({ accessTokenNumUsesLimit: 1 });
    const renewed = await present('renew', accessToken);
    expect(renewed.status).toBe(200);
    const token: string = renewed.body.accessToken;
    expect((await server.call('/api/v1/identities/details', { token })).status).toBe(403);
  });
});
