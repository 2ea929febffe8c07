import { randomUUID } from 'node:crypto';

import { beforeAll, describe, expect, it } from 'vitest';

import { apiRoutes } from '../../src/contract/api.ts';
import type { RouteContract } from '../../src/contract/route.ts';
import { addMember, type Person, refreshCookieOf } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { type SceneOrganization, signIn, useLoginScene } from '../support/login-scene.ts';
import type { Answer } from '../support/server.ts';
import { expectUntouched, readEverything } from '../support/stored-rows.ts';
import { openToBreakGlass } from './permission-table.ts';

describe.each(engines)('a session from a break-glass code (%s)', (engine) => {
  let acme: SceneOrganization;
  let admin: Person;
  let opened: Answer;

  const scene = useLoginScene(engine, { SALLYPORT_ORGANIZATION_CREATION: 'anyone' });
  beforeAll(async () => {
    acme = await scene.addOrganization();
    await signIn(scene, { organization: acme });
    admin = await addMember(scene.server, scene.boot, { organizationId: acme.id, role: 'admin' });
    const url = `/api/v1/organization/${acme.id}`;
    const { codes } = (await scene.server.call(`${url}/break-glass-codes`, { method: 'POST', token: admin.token }))
      .body;
    const enforced = { method: 'PATCH', token: scene.boot.token, json: { authEnforced: true } };
    await scene.server.call(url, enforced);
    const json = { organizationSlug: acme.slug, email: admin.email, code: codes[0] };
    opened = await scene.server.call('/api/v1/auth/break-glass', { json });
  });

  const refused = { status: 403, body: { code: 'break_glass_session' } };

  async function send({ method, url }: RouteContract, token: string): Promise<Answer> {
    const path = url.replaceAll(/:(\w+)/g, (_, name: string) => (name === 'organizationId' ? acme.id : randomUUID()));
    return scene.server.call(`${path}?organizationId=${acme.id}`, { method, token });
  }

  const guarded = apiRoutes.filter(({ access }) => access !== 'public');
  const mayCall = ({ method, operationId }: RouteContract) =>
    method === 'GET' || openToBreakGlass.includes(operationId);

  it.each(guarded.filter((route) => !mayCall(route)).map((route) => [route.operationId, route] as const))(
    'H343: may not call %s',
    async (_name, route) => {
      const before = await readEverything(scene.server.database);
      const answer = await send(route, opened.body.token);
      expect(answer).toMatchObject(route.access === 'machine' ? { status: 401 } : refused);
      await expectUntouched(scene.server.database, before);
    },
  );

  // Last, because one of them ends the session.
  const open = guarded.filter((route) => mayCall(route) && route.operationId !== 'endMySessions');
  it.each(open.map((route) => [route.operationId, route] as const))('may call %s', async (_name, route) => {
    expect((await send(route, opened.body.token)).text).not.toContain('break_glass_session');
  });

  it('H343: keeps its limits when it is refreshed and when it selects its organization', async () => {
    expect(
      (await scene.server.call(`/api/v1/organization/${acme.id}`, { token: scene.boot.token })).body,
    ).toMatchObject({
      organization: { authEnforced: true },
    });
    const cookie = refreshCookieOf(opened) ?? '';
    const refreshed = await scene.server.call('/api/v1/auth/token', { method: 'POST', headers: { cookie } });
    expect(refreshed.status).toBe(200);
    const json = { organizationId: acme.id };
    const selected = await scene.server.call('/api/v3/auth/select-organization', { token: opened.body.token, json });
    expect(selected.status).toBe(200);
    for (const { body } of [refreshed, selected]) {
      const identity = { name: 'left behind', role: 'admin', organizationId: acme.id };
      expect(await scene.server.call('/api/v1/identities', { token: body.token, json: identity })).toMatchObject(
        refused,
      );
    }
  });

  it('can repair the connection while single sign-on is enforced', async () => {
    const { discoveryUrl: discoveryURL, clientSecret } = acme.idp;
    const json = { organizationId: acme.id, discoveryURL, clientSecret };
    const { token } = opened.body;
    const changed = await scene.server.call('/api/v1/sso/oidc/config', { method: 'PATCH', token, json });
    expect(changed.status).toBe(200);
  });
});
