import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type ConnectProxy, startConnectProxy } from '../support/connect-proxy.ts';
import { hasSession, type LoginScene, openLoginScene, signIn } from '../support/login-scene.ts';

describe('a server with an outbound proxy', () => {
  let proxy: ConnectProxy;
  let scene: LoginScene;

  beforeAll(async () => {
    proxy = await startConnectProxy();
    scene = await openLoginScene('sqlite', { SALLYPORT_OUTBOUND_PROXY: `http://127.0.0.1:${proxy.port}` });
  });
  afterAll(async () => {
    await scene.close();
    await proxy.close();
  });

  it('signs users in through the proxy', async () => {
    const organization = await scene.addOrganization();
    expect(hasSession((await signIn(scene, { organization })).browser)).toBe(true);
    expect(new Set(proxy.authorities)).toEqual(new Set([new URL(organization.idp.url).host]));
  });
});
