import { beforeAll, describe, expect, it } from 'vitest';

import {
  addApplication,
  authorizationRequest,
  callback,
  follow,
  post,
  responseOf,
  type TestApplication,
} from '../support/application-scene.ts';
import { openBrowser } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import { type SceneOrganization, useLoginScene } from '../support/login-scene.ts';

describe.each(engines)('bad input to the OpenID Provider (%s)', (engine) => {
  const scene = useLoginScene(engine);
  let acme: SceneOrganization;
  let wiki: TestApplication;

  beforeAll(async () => {
    acme = await scene.addOrganization();
    wiki = await addApplication(scene);
  });

  const countTokens = async () =>
    (await scene.server.database.db.selectFrom('application_tokens').selectAll().execute()).length;

  it('100 kB of parameters get a page and write nothing', async () => {
    const before = await countTokens();
    const { url } = authorizationRequest(scene, wiki, { organization: acme.slug, state: 'x'.repeat(9000) });
    const answer = await openBrowser().visit(url);
    expect([answer.status, answer.location]).toEqual([414, '']);
    const posted = await openBrowser().visit(`${scene.server.url}/oauth/authorize`, {
      form: { client_id: wiki.clientId, state: 'x'.repeat(100_000) },
    });
    expect([413, 414]).toContain(posted.status);
    expect(await countTokens()).toBe(before);
  });

  it('a request that no cookie can keep gets an error at the application', async () => {
    const request = authorizationRequest(scene, wiki, { organization: acme.slug, state: 'x'.repeat(5000) });
    expect(responseOf(await openBrowser().visit(request.url)).get('error')).toBe('invalid_request');
  });

  it('a POST request continues as a GET, so that it has the cookies of the browser', async () => {
    const { url } = authorizationRequest(scene, wiki, { organization: acme.slug });
    const form = Object.fromEntries(new URL(url).searchParams);
    const browser = openBrowser();
    const answer = await browser.visit(`${scene.server.url}/oauth/authorize`, { form });
    expect(answer.status).toBe(303);
    expect(responseOf(await follow(browser, answer.location)).has('code')).toBe(true);
  });

  it('a hostile state comes back as a value, and no header or page contains it otherwise', async () => {
    const state = '"><script>alert(1)</script>\r\nset-cookie: x=1';
    const request = authorizationRequest(scene, wiki, { organization: acme.slug, state });
    const answer = await follow(openBrowser(), request.url);
    expect(responseOf(answer).get('state')).toBe(state);
    expect(answer.headers.get('set-cookie')).not.toContain('x=1;');
    const page = await openBrowser().visit(
      authorizationRequest(scene, { clientId: '<script>alert(1)</script>' }, { state }).url,
    );
    expect(page.text).not.toContain('<script>alert');
  });

  it.each<[string, Record<string, string>]>([
    ['an unknown grant', { grant_type: 'urn:example:unknown' }],
    ['no grant', {}],
    ['a code that never existed', { grant_type: 'authorization_code', code: 'x', redirect_uri: callback }],
    ['a refresh token that never existed', { grant_type: 'refresh_token', refresh_token: '\u0000' }],
    ['a malformed assertion', { client_assertion: 'x', client_assertion_type: 'y' }],
    ['client credentials of a web application', { grant_type: 'client_credentials' }],
  ])('%s gets an error of the standard', async (_what, form) => {
    const { status, body, headers } = await post(scene, '/oauth/token', { application: wiki, form });
    expect([400, 401]).toContain(status);
    expect(body['error']).toMatch(/^(?:invalid|unsupported|unauthorized)_/u);
    expect(headers.get('cache-control')).toContain('no-store');
  });

  it('a body that is no form gets an error of the standard', async () => {
    for (const [type, body] of [
      ['application/json', '{'],
      ['text/plain', 'grant_type=authorization_code'],
      ['application/x-www-form-urlencoded', 'x'.repeat(70_000)],
    ] as const) {
      const response = await fetch(`${scene.server.url}/oauth/token`, {
        method: 'POST',
        headers: { 'content-type': type },
        body,
      });
      expect([400, 401, 413, 415]).toContain(response.status);
    }
  });

  it('a machine gets no tokens yet, and no server error', async () => {
    const machine = await addApplication(scene, { kind: 'machine', redirectUris: [] });
    const form = { grant_type: 'client_credentials' };
    const { status } = await post(scene, '/oauth/token', { application: machine, form });
    expect([400, 401]).toContain(status);
    const { url } = authorizationRequest(scene, machine);
    expect((await openBrowser().visit(url)).status).toBe(400);
  });

  it.each(['native', 'spa'] as const)('an application of the kind %s signs in without a secret', async (kind) => {
    const redirectUris = kind === 'native' ? ['http://127.0.0.1/callback'] : [callback];
    const application = await addApplication(scene, { kind, redirectUris });
    const redirectUri = kind === 'native' ? 'http://127.0.0.1:51004/callback' : callback;
    const request = authorizationRequest(scene, application, { organization: acme.slug, redirect_uri: redirectUri });
    const browser = openBrowser();
    let next = request.url;
    for (let hop = 0; hop < 10 && !next.startsWith(redirectUri); hop += 1) next = (await browser.visit(next)).location;
    const code = new URL(next).searchParams.get('code') ?? '';
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: request.verifier };
    expect((await post(scene, '/oauth/token', { application, form })).status).toBe(200);
  });

  it('49: only the web origins of single-page applications may read answers', async () => {
    const spa = await addApplication(scene, { kind: 'spa' });
    const ask = async (application: TestApplication, origin: string) => {
      const response = await fetch(`${scene.server.url}/oauth/token`, {
        method: 'POST',
        headers: { origin },
        body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'x', client_id: application.clientId }),
      });
      return response.headers.get('access-control-allow-origin');
    };
    expect(await ask(spa, 'https://app.example')).toBe('https://app.example');
    expect(await ask(spa, 'https://evil.example')).toBeNull();
    expect(await ask(wiki, 'https://app.example')).not.toBe('*');
  });
});
