import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { pinProvider } from '../../src/connections/pin-provider.ts';
import { openBrowser } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import {
  type LoginScene,
  type SceneOrganization,
  expectRefusal,
  hasSession,
  loginUrl,
  openLoginScene,
  signIn,
  useLoginScene,
} from '../support/login-scene.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

describe.each(engines)('the pinned origin of the token endpoint (%s)', (engine) => {
  let elsewhere: SceneOrganization;

  const scene = useLoginScene(engine);
  beforeAll(async () => {
    elsewhere = await scene.addOrganization();
  });

  const move = ({ idp }: SceneOrganization) =>
    idp.mutate({ discovery: (good) => ({ ...good, token_endpoint: `${elsewhere.idp.url}/token` }) });
  const start = ({ slug }: SceneOrganization) => openBrowser().visit(loginUrl(scene, { orgSlug: slug }));
  const secretOf = ({ idp }: SceneOrganization) => ({ clientSecret: idp.clientSecret });

  it('H010: survives changes of the connection that do not enter the secret again', async () => {
    const organization = await scene.addOrganization();
    expect(hasSession((await signIn(scene, { organization })).browser)).toBe(true);
    move(organization);
    await scene.changeConfig(organization, { allowedEmailDomains: 'acme.example' });
    const { details } = await expectRefusal(scene, 'idp_response_invalid', () => start(organization));
    expect(JSON.parse(details)).toMatchObject({
      reason: 'token_endpoint_moved',
      expected: { code: 'token_endpoint_origin', origin: organization.idp.url },
      found: { code: 'token_endpoint_origin', origin: elsewhere.idp.url },
    });
    expect(elsewhere.idp.count('token')).toBe(0);
  });

  it('H010: follows the discovery document after an admin enters the secret again', async () => {
    const organization = await scene.addOrganization();
    await signIn(scene, { organization });
    move(organization);
    await scene.changeConfig(organization, secretOf(organization));
    const before = elsewhere.idp.count('token');
    await signIn(scene, { organization });
    expect(elsewhere.idp.count('token')).toBe(before + 1);
    // From now on the token endpoint is at the new web origin, and not at the old one.
    organization.idp.mutate({ discovery: undefined });
    await scene.changeConfig(organization, { allowedEmailDomains: 'acme.example' });
    await expectRefusal(scene, 'idp_response_invalid', () => start(organization));
  });

  it('is the first one seen if two nodes look at once, and is not written for a connection that is not stored', async () => {
    const { id } = await scene.addOrganization();
    const { db, transaction } = scene.server.database;
    const row = await db
      .selectFrom('connections')
      .select(['id', 'revision'])
      .where('organization_id', '=', id)
      .executeTakeFirstOrThrow();
    const connection = { connectionId: row.id, revision: `${row.id}:${row.revision}` };
    const seenBy = (node: number) => ({
      tokenEndpointOrigin: `https://idp-${node}.example`,
      issuer: `https://idp-${node}.example/`,
    });
    const seen = Array.from({ length: 8 }, (_, node) => seenBy(node));
    const held = await Promise.all(seen.map((pins) => pinProvider({ transaction }, connection, pins)));
    expect(new Set(held.map((pins) => JSON.stringify(pins))).size).toBe(1);
    expect(seen).toContainEqual(held[0]);
    for (const other of [
      { ...connection, revision: `${row.id}:99` },
      { ...connection, connectionId: 'unknown' },
    ]) {
      expect(await pinProvider({ transaction }, other, seenBy(9))).toEqual(seenBy(9));
    }
    expect(await pinProvider({ transaction }, connection, seenBy(9))).toEqual(held[0]);
  });
});

describe('a server after a restart', () => {
  let scene: LoginScene;
  let restarted: TestServer | undefined;
  beforeAll(async () => {
    scene = await openLoginScene('postgres');
  });
  afterEach(async () => {
    await restarted?.close();
  });
  afterAll(() => scene.close());

  it('H010: still knows the pinned token endpoint', async () => {
    const [organization, elsewhere] = [await scene.addOrganization(), await scene.addOrganization()];
    await signIn(scene, { organization });
    organization.idp.mutate({ discovery: (good) => ({ ...good, token_endpoint: `${elsewhere.idp.url}/token` }) });
    // Another process on the same database. It has no cache of its own yet.
    restarted = await startTestServer({ engine: 'postgres', clock: scene.clock, beside: scene.server });
    const url = `${restarted.url}/api/v1/sso/oidc/login?orgSlug=${organization.slug}`;
    await expectRefusal(scene, 'idp_response_invalid', () => openBrowser().visit(url));
    expect(elsewhere.idp.count('token')).toBe(0);
  });
});
