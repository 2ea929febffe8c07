import { beforeAll, describe, expect, it } from 'vitest';

import type { Claims } from '../support/faulty-idp.ts';
import {
  addApplication,
  authorizationRequest,
  follow,
  responseOf,
  signInToApplication,
  type TestApplication,
} from '../support/application-scene.ts';
import { openBrowser } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import { type SceneOrganization, useLoginScene } from '../support/login-scene.ts';

describe.each(engines)('what an application asks of the authentication (%s)', (engine) => {
  const scene = useLoginScene(engine);
  let acme: SceneOrganization;
  let wiki: TestApplication;

  beforeAll(async () => {
    acme = await scene.addOrganization();
    wiki = await addApplication(scene);
  });

  const nowSeconds = () => Math.floor(scene.clock.nowMs() / 1000);
  const answerWith = (claims: Claims) =>
    acme.idp.mutate({ idTokenClaims: (usual: Claims) => ({ ...usual, ...claims }) });
  const signIn = async (params: Record<string, string> = {}, browser = openBrowser()) =>
    signInToApplication(scene, wiki, { params: { organization: acme.slug, ...params }, browser });
  const errorOf = async (params: Record<string, string>, browser = openBrowser()) => {
    const request = authorizationRequest(scene, wiki, { organization: acme.slug, ...params });
    return responseOf(await follow(browser, request.url)).get('error');
  };
  const sentToProvider = () => {
    const last = acme.idp.requests.findLast(({ endpoint }) => endpoint === 'authorization');
    return last?.url.searchParams ?? new URLSearchParams();
  };

  it('19: gets acr, amr and auth_time of the identity provider, and none that it did not assert', async () => {
    const authTime = nowSeconds() - 100;
    answerWith({ acr: 'urn:example:mfa', amr: ['pwd', 'otp'], auth_time: authTime });
    expect((await signIn()).claims).toMatchObject({ acr: 'urn:example:mfa', amr: ['pwd', 'otp'], auth_time: authTime });
    answerWith({ acr: undefined, amr: undefined, auth_time: undefined });
    const { claims } = await signIn();
    for (const name of ['acr', 'amr', 'auth_time']) expect(claims).not.toHaveProperty(name);
  });

  it('18: is passed on, and a sign-in that the provider did not repeat gives no token', async () => {
    answerWith({ auth_time: nowSeconds() });
    const { browser } = await signIn();
    expect((await signIn({ prompt: 'login' }, browser)).claims['auth_time']).toBe(nowSeconds());
    expect([sentToProvider().get('prompt'), sentToProvider().get('max_age')]).toEqual(['login', '0']);
    answerWith({ auth_time: nowSeconds() - 3600 });
    expect(await errorOf({ prompt: 'login' }, browser)).toBe('login_required');
    answerWith({ auth_time: undefined });
    expect(await errorOf({ prompt: 'login' })).toBe('login_required');
  });

  it('18: max_age is passed on, and counts from the auth_time of the provider', async () => {
    answerWith({ auth_time: nowSeconds() });
    const { browser } = await signIn();
    const fresh = await signIn({ max_age: '600', prompt: 'none' }, browser);
    expect(fresh.claims['auth_time']).toBe(nowSeconds());
    scene.clock.advance(900_000);
    expect(await errorOf({ max_age: '600', prompt: 'none' }, browser)).toBe('login_required');
    answerWith({ auth_time: nowSeconds() });
    expect((await signIn({ max_age: '600' }, browser)).claims['auth_time']).toBe(nowSeconds());
    expect(sentToProvider().get('max_age')).toBe('600');
    answerWith({ auth_time: nowSeconds() - 3600 });
    expect(await errorOf({ max_age: '600' })).toBe('login_required');
  });

  it('18: acr_values is passed on, and another acr gives no token', async () => {
    answerWith({ acr: 'urn:example:mfa', auth_time: nowSeconds() });
    expect((await signIn({ acr_values: 'urn:example:mfa urn:example:key' })).claims['acr']).toBe('urn:example:mfa');
    expect(sentToProvider().get('acr_values')).toBe('urn:example:mfa urn:example:key');
    expect(await errorOf({ acr_values: 'urn:example:key' })).toBe('unmet_authentication_requirements');
    const { browser } = await signIn();
    expect(await errorOf({ acr_values: 'urn:example:key', prompt: 'none' }, browser)).toBe('login_required');
  });
});
