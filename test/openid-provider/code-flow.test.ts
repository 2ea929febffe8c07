import { createHash } from 'node:crypto';

import { beforeAll, describe, expect, it } from 'vitest';

import {
  addApplication,
  authorizationRequest,
  callback,
  exchange,
  follow,
  post,
  responseOf,
  signInToApplication,
  type TestApplication,
} from '../support/application-scene.ts';
import { openBrowser } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import { holdTransactions } from '../support/held-transactions.ts';
import { readToken, type SceneOrganization, signIn, useLoginScene } from '../support/login-scene.ts';

describe.each(engines)('an application that signs users in (%s)', (engine) => {
  const transactions = holdTransactions();
  const scene = useLoginScene(engine, {}, { standBefore: transactions.standBefore });
  let acme: SceneOrganization;
  let globex: SceneOrganization;
  let wiki: TestApplication;

  beforeAll(async () => {
    acme = await scene.addOrganization();
    globex = await scene.addOrganization();
    wiki = await addApplication(scene);
  });

  it('gets a code, an ID token and an access token for a member of the named organization', async () => {
    const { claims, tokens } = await signInToApplication(scene, wiki, {
      params: { organization: acme.slug, nonce: 'n-0S6_WzA2Mj', scope: 'openid email profile organization groups' },
    });
    expect(claims).toMatchObject({ org_id: acme.id, org_slug: acme.slug, nonce: 'n-0S6_WzA2Mj', groups: [] });
    expect(typeof claims['email']).toBe('string');
    expect(claims['sid']).toMatch(/^[0-9a-f]{32}$/u);
    expect(tokens['token_type']).toBe('Bearer');
    const response = await fetch(`${scene.server.url}/oauth/userinfo`, {
      headers: { authorization: `Bearer ${tokens['access_token']}` },
    });
    const { iat: _iat, exp: _exp, aud: _aud, iss: _iss, nonce: _n, sid: _sid, at_hash: _hash, ...same } = claims;
    expect(await response.json()).toMatchObject(same);
  });

  it('signs a second application in without asking, and the first one again', async () => {
    const { browser, claims } = await signInToApplication(scene, wiki, { params: { organization: acme.slug } });
    const builds = await addApplication(scene, { name: 'Builds' });
    const second = await signInToApplication(scene, builds, { browser, params: { prompt: 'none' } });
    expect(second.claims.sub).toBe(claims.sub);
    expect(second.claims['sid']).not.toBe(claims['sid']);
    const again = await signInToApplication(scene, wiki, { browser, params: { prompt: 'none' } });
    expect(again.claims['sid']).toBe(claims['sid']);
  });

  it('never uses a session of another organization than the named one, and keeps both', async () => {
    const { browser } = await signInToApplication(scene, wiki, { params: { organization: acme.slug } });
    const silent = authorizationRequest(scene, wiki, { organization: globex.slug, prompt: 'none' });
    expect(responseOf(await follow(browser, silent.url)).get('error')).toBe('login_required');
    const other = await signInToApplication(scene, wiki, {
      browser,
      params: { scope: `openid organization:${globex.slug}` },
    });
    expect(other.claims['org_id']).toBe(globex.id);
    const back = { organization: acme.id, prompt: 'none' };
    expect((await signInToApplication(scene, wiki, { browser, params: back })).claims['org_id']).toBe(acme.id);
    const unnamed = authorizationRequest(scene, wiki, { prompt: 'none' });
    expect(responseOf(await follow(browser, unnamed.url)).get('error')).toBe('account_selection_required');
  });

  it('asks for the organization, and lets the user choose among those that they are signed in to', async () => {
    const browser = openBrowser();
    const request = authorizationRequest(scene, wiki);
    const page = await follow(browser, request.url);
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('Sign in to Wiki')]);
    const { location } = await browser.visit(request.url);
    const answered = await browser.visit(location, {
      form: { identifier: acme.slug },
      headers: { origin: scene.server.url },
    });
    const target = /url=([^"]+)"/u.exec(answered.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const response = responseOf(await follow(browser, target));
    expect([response.get('state'), response.get('iss')]).toEqual([request.state, scene.server.url]);
    expect(response.has('code')).toBe(true);
  });

  it('lets the user choose the only organization that they are signed in to, if the application asks for a choice', async () => {
    const { browser } = await signInToApplication(scene, wiki, { params: { organization: acme.slug } });
    scene.clock.advance(1000);
    const { location } = await browser.visit(authorizationRequest(scene, wiki, { prompt: 'select_account' }).url);
    const page = await browser.visit(location);
    expect(page.text).toContain(`/continue?organization=${acme.id}`);
    expect(responseOf(await browser.visit(`${location}/continue?organization=${acme.id}`)).has('code')).toBe(true);
  });

  it('leaves the session of the pages of this server to its user, whatever an application asks for', async () => {
    const { browser } = await signIn(scene, { organization: acme });
    acme.idp.mutate({ idTokenClaims: (claims) => ({ ...claims, auth_time: Math.floor(scene.clock.nowMs() / 1000) }) });
    await signInToApplication(scene, wiki, { browser, params: { organization: acme.slug, prompt: 'login' } });
    expect((await readToken(scene, browser)).status).toBe(200);
  });

  it.each(['ES256', 'EdDSA'] as const)('gets an ID token that is signed with %s, if it wants one', async (alg) => {
    const application = await addApplication(scene, { idTokenSignedResponseAlg: alg });
    const { claims } = await signInToApplication(scene, application, { params: { organization: acme.slug } });
    expect(claims['org_id']).toBe(acme.id);
  });

  it.each([
    ['web', 'https://app.example/cb?tenant=1'],
    ['web', 'http://127.0.0.1/cb'],
    ['web', 'http://localhost:3000/cb'],
    ['spa', 'http://localhost:3000/cb'],
    ['native', 'com.example.app:/cb'],
    ['native', 'https://app.example/cb'],
    ['native', 'http://[::1]/cb'],
  ] as const)('gets its response at each redirect URI that the kind %s may register: %s', async (kind, uri) => {
    const application = await addApplication(scene, { kind, redirectUris: [uri] });
    const browser = openBrowser();
    const request = authorizationRequest(scene, application, { organization: acme.slug, redirect_uri: uri });
    let { location } = await browser.visit(request.url);
    for (let hop = 0; hop < 8 && !location.startsWith(uri); hop += 1) ({ location } = await browser.visit(location));
    expect(location).toMatch(/[?&]code=/u);
  });

  it('17: accepts the form of the page from this site only', async () => {
    const browser = openBrowser();
    const { location } = await browser.visit(authorizationRequest(scene, wiki).url);
    const answer = await browser.visit(location, {
      form: { identifier: acme.slug },
      headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []]);
    const stranger = await openBrowser().visit(location, {
      form: { identifier: acme.slug },
      headers: { origin: scene.server.url },
    });
    expect(stranger.status).toBe(400);
  });

  it('gets an error if the user goes back without signing in', async () => {
    const browser = openBrowser();
    const { location } = await browser.visit(authorizationRequest(scene, wiki).url);
    const response = responseOf(await follow(browser, `${location}/cancel`));
    expect([response.get('error'), response.get('iss')]).toEqual(['access_denied', scene.server.url]);
  });

  it('does not answer a request twice: the browser has forgotten it', async () => {
    const browser = openBrowser();
    const { location } = await browser.visit(authorizationRequest(scene, wiki, { organization: acme.slug }).url);
    responseOf(await follow(browser, location));
    const again = await browser.visit(`${location}/continue`);
    expect([again.status, again.location]).toEqual([400, '']);
    expect(again.text).toContain('application_request_expired');
  });

  describe('threats', () => {
    it('1: shows a page and does not redirect while the client or the redirect URI is not proved', async () => {
      const bad = [
        authorizationRequest(scene, { clientId: 'unknown' }),
        authorizationRequest(scene, wiki, { redirect_uri: 'https://evil.example/' }),
        authorizationRequest(scene, wiki, { redirect_uri: `${callback}/` }),
        authorizationRequest(scene, wiki, { redirect_uri: `${callback}?x=1` }),
        authorizationRequest(scene, wiki, { redirect_uri: undefined }),
        authorizationRequest(scene, wiki, { redirect_uri: 'https://evil.example/', prompt: 'none' }),
      ];
      for (const { url } of bad) {
        const answer = await openBrowser().visit(url);
        expect([answer.status, answer.location]).toEqual([400, '']);
        expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      }
    });

    it('4, 5: requires PKCE with S256', async () => {
      for (const params of [
        { code_challenge: undefined, code_challenge_method: undefined },
        { code_challenge_method: 'plain' },
      ]) {
        const request = authorizationRequest(scene, wiki, { ...params, organization: acme.slug });
        expect(responseOf(await follow(openBrowser(), request.url)).get('error')).toBe('invalid_request');
      }
      const { code, ...signedIn } = await startCode();
      const wrong = await exchange(scene, wiki, { code, verifier: 'x'.repeat(43) });
      expect([wrong.status, wrong.body['error']]).toEqual([400, 'invalid_grant']);
      expect((await exchange(scene, wiki, { code, verifier: signedIn.verifier })).status).toBe(200);
    });

    it('6: gives no tokens for a code whose second use ends them, in whichever order both commit', async () => {
      const { code, verifier } = await startCode();
      const held = transactions.hold(/insert into "application_tokens"/u);
      const first = exchange(scene, wiki, { code, verifier });
      await held.reached;
      const second = exchange(scene, wiki, { code, verifier });
      await transactions.untilAnsweredOrWaiting(second);
      held.release();
      const answers = await Promise.all([first, second]);
      expect(answers.map(({ status }) => status)).toEqual([200, 400]);
      const headers = { authorization: `Bearer ${answers[0]?.body['access_token']}` };
      expect((await fetch(`${scene.server.url}/oauth/userinfo`, { headers })).status).toBe(401);
      const form = { grant_type: 'refresh_token', refresh_token: answers[0]?.body['refresh_token'] ?? '' };
      expect((await post(scene, '/oauth/token', { application: wiki, form })).status).toBe(400);
    });

    it('6: gives tokens for a code once, also to concurrent requests, and a second use ends them', async () => {
      const { code, verifier } = await startCode();
      const answers = await Promise.all([1, 2, 3].map(async () => exchange(scene, wiki, { code, verifier })));
      expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 400, 400]);
      const used = await signInToApplication(scene, wiki, { params: { organization: acme.slug } });
      const again = await exchange(scene, wiki, used);
      expect([again.status, again.body['error']]).toEqual([400, 'invalid_grant']);
      const userinfo = await fetch(`${scene.server.url}/oauth/userinfo`, {
        headers: { authorization: `Bearer ${used.tokens['access_token']}` },
      });
      expect(userinfo.status).toBe(401);
    });

    it('13, 14: accepts the secret of the client alone, in one place', async () => {
      const other = await addApplication(scene, { name: 'Other' });
      const { code, verifier } = await startCode();
      const stolen = await exchange(scene, { ...wiki, clientSecret: other.clientSecret }, { code, verifier });
      expect([stolen.status, stolen.body['error']]).toEqual([401, 'invalid_client']);
      const foreign = await exchange(scene, other, { code, verifier });
      expect([foreign.status, foreign.body['error']]).toEqual([400, 'invalid_grant']);
      const form = { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier };
      const twice = { ...form, client_id: wiki.clientId, client_secret: wiki.clientSecret };
      const both = await post(scene, '/oauth/token', { application: wiki, form: twice });
      expect([both.status, both.body['error']]).toEqual([400, 'invalid_request']);
      const placeholder = await exchange(scene, { ...wiki, clientSecret: 'stored as a hash' }, { code, verifier });
      expect(placeholder.status).toBe(401);
    });

    it('21: does not reveal which organizations exist', async () => {
      const own = await addApplication(scene, {
        name: 'Acme only',
        organizations: 'listed',
        organizationIds: [acme.id],
      });
      const answers = await Promise.all(
        [globex.slug, 'no-such-organization', globex.id].map(async (organization) => {
          const request = authorizationRequest(scene, own, { organization, prompt: 'none' });
          const response = responseOf(await follow(openBrowser(), request.url));
          return [response.get('error'), response.get('error_description')];
        }),
      );
      expect(new Set(answers.map((answer) => answer.join(': '))).size).toBe(1);
    });

    it('22: takes no session from a cookie that the caller made', async () => {
      const { browser } = await signInToApplication(scene, wiki, { params: { organization: acme.slug } });
      const { db } = scene.server.database;
      const { id } = await db
        .selectFrom('sessions')
        .select('id')
        .orderBy('created_at', 'desc')
        .executeTakeFirstOrThrow();
      const request = authorizationRequest(scene, wiki, { prompt: 'none', organization: acme.slug });
      const planted = await openBrowser().visit(request.url, {
        headers: { cookie: `session=${id}; session.legacy=${id}` },
      });
      expect(responseOf(planted).get('error')).toBe('login_required');
      expect(responseOf(await browser.visit(request.url)).has('code')).toBe(true);
    });

    it('42: takes the parameters of a pushed request from there alone', async () => {
      const sent = authorizationRequest(scene, wiki, { organization: acme.slug, acr_values: 'urn:example:mfa' });
      const push = async () => {
        const form = Object.fromEntries(new URL(sent.url).searchParams);
        const { body } = await post(scene, '/oauth/par', { application: wiki, form });
        return { client_id: wiki.clientId, request_uri: body['request_uri'] ?? '' };
      };
      const ask = async (params: Record<string, string>) => {
        const query = new URLSearchParams({ ...(await push()), ...params });
        return responseOf(await follow(openBrowser(), `${scene.server.url}/oauth/authorize?${query.toString()}`));
      };
      const elsewhere = { ...(await push()), organization: globex.slug };
      const browser = openBrowser();
      const query = new URLSearchParams(elsewhere);
      const { location } = await browser.visit(`${scene.server.url}/oauth/authorize?${query.toString()}`);
      expect((await browser.visit(location)).location).toContain(acme.idp.url);
      expect((await ask({ scope: `openid organization:${globex.slug}`, acr_values: 'urn:any' })).get('error')).toBe(
        'unmet_authentication_requirements',
      );
    });

    it('48: sends form_post in a page that runs its own script only, and leads to the application only', async () => {
      const request = authorizationRequest(scene, wiki, { organization: acme.slug, response_mode: 'form_post' });
      const answer = await follow(openBrowser(), request.url);
      expect(answer.status).toBe(200);
      expect(answer.text).toContain('name="code"');
      const policy = answer.headers.get('content-security-policy') ?? '';
      const script = /<script>([^]*?)<\/script>/u.exec(answer.text)?.[1] ?? '';
      const digest = createHash('sha256').update(script).digest('base64');
      expect(policy).toMatch(/default-src 'none'/u);
      expect(policy).toContain(`script-src 'sha256-${digest}'`);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain('form-action https://app.example');
      expect(answer.headers.get('x-frame-options')).toBe('DENY');
    });

    it('42: rejects a parameter that is sent twice', async () => {
      const request = authorizationRequest(scene, wiki, { organization: acme.slug });
      const answer = await openBrowser().visit(`${request.url}&scope=openid`);
      expect(responseOf(answer).get('error')).toBe('invalid_request');
      const organizations = responseOf(await openBrowser().visit(`${request.url}&organization=${globex.slug}`));
      expect(organizations.get('error')).toBe('invalid_request');
    });

    it('52: stores codes and tokens as hashes only', async () => {
      const { tokens, code } = await signInToApplication(scene, wiki, { params: { organization: acme.slug } });
      const rows = JSON.stringify(
        await scene.server.database.db.selectFrom('application_tokens').selectAll().execute(),
      );
      for (const secret of [code, tokens['access_token'], tokens['refresh_token']]) {
        expect(typeof secret).toBe('string');
        expect(rows).not.toContain(secret);
      }
    });
  });

  async function startCode() {
    const request = authorizationRequest(scene, wiki, { organization: acme.slug });
    const code = responseOf(await follow(openBrowser(), request.url)).get('code') ?? '';
    return { code, verifier: request.verifier };
  }
});
