import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { type ErrorCode, errorTable } from '../../src/contract/errors.ts';
import type { Logger } from '../../src/kernel/logger.ts';
import { openBrowser } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import type { Reply } from '../support/faulty-idp-replies.ts';
import {
  beginSignIn,
  type LoginScene,
  loginUrl,
  openLoginScene,
  type SceneOrganization,
  signIn,
} from '../support/login-scene.ts';

const codes = Object.keys(errorTable) as ErrorCode[];
/** Failures of the server itself, which no caller can cause. */
const ownFailures: readonly ErrorCode[] = ['internal_error', 'not_ready', 'storage_unavailable', 'work_failed'];

const json = { headers: { accept: 'application/json' } };
const html = (reply: Reply): Reply => ({
  ...reply,
  headers: { 'content-type': 'text/html' },
  body: '<p>Under maintenance',
});
const close = (reply: Reply): Reply => ({ ...reply, fault: 'close' });
const broken = (reply: Reply): Reply => ({ ...reply, status: 500 });
const faults = { close, broken, html };

describe('the table of errors', () => {
  it('H354: uses 5xx statuses only for failures of the server itself', () => {
    expect(codes.filter((code) => errorTable[code].status >= 500).toSorted()).toEqual(ownFailures);
  });

  it('H354: has a Retry-After for each 503 and 429 of a fixed duration', () => {
    const waiting = codes.filter((code) => [429, 503].includes(errorTable[code].status) && code !== 'rate_limited');
    expect(waiting.filter((code) => !('retryAfterSeconds' in errorTable[code]))).toEqual([]);
  });
});

describe.each(engines)('a 5xx status (%s)', (engine) => {
  const errors: string[] = [];
  let scene: LoginScene;
  let organization: SceneOrganization;

  beforeAll(async () => {
    const quiet = () => undefined;
    const logger: Logger = {
      debug: quiet,
      info: quiet,
      warn: quiet,
      error: (fields: object, message: string) => void errors.push(`${message} ${JSON.stringify(fields)}`),
    };
    scene = await openLoginScene(engine, {}, { logger });
  });
  beforeEach(async () => {
    organization = await scene.addOrganization();
  });
  afterAll(() => scene.close());

  const call = (path: string, body: object, method = 'POST') =>
    scene.server.call(path, { method, token: scene.boot.token, json: body });

  it('H354: cannot be produced by the URL of the error page', async () => {
    for (const code of [...codes, 'nonsense']) {
      const { status } = await openBrowser().visit(`${scene.server.url}/login/error?code=${code}`);
      expect([code, status < 500]).toEqual([code, true]);
    }
  });

  it('H354: is not the status of the page of a recorded failure, whatever failed', async () => {
    for (const code of codes) {
      const id = randomUUID();
      const times = { created_at: 0, finished_at: 0 };
      const row = { id, organization_id: organization.id, outcome: 'refused', code, user_id: null, details: '{}' };
      await scene.server.database.transaction(async (tx) =>
        tx
          .insertInto('login_attempts')
          .values({ ...row, outcome: 'refused', ...times })
          .execute(),
      );
      const page = await openBrowser().visit(`${scene.server.url}/login/error?attempt=${id}`);
      expect([code, page.status < 500, page.text.includes(id.slice(0, 4))]).toEqual([code, true, true]);
    }
  });

  it.each(Object.keys(faults) as (keyof typeof faults)[])(
    'H354: cannot be caused by a provider whose endpoints fail (%s), in JSON or on the page',
    async (name) => {
      errors.length = 0;
      const reply = faults[name];
      organization.idp.mutate({ reply: { token: reply, keys: reply } });
      const callback = await beginSignIn(scene, { organization, browser: openBrowser() });
      expect((await openBrowser().visit(callback, json)).status).toBe(400);
      const browser = openBrowser();
      const answer = await browser.visit(await beginSignIn(scene, { organization, browser }), json);
      expect([answer.status, JSON.parse(answer.text).error]).toEqual([424, 'FailedDependency']);
      const page = await signIn(scene, { organization });
      expect((await page.browser.visit(page.answer.location)).status).toBe(424);

      const dead = await scene.addOrganization();
      dead.idp.mutate({ reply: { discovery: reply } });
      const start = await openBrowser().visit(loginUrl(scene, { orgSlug: dead.slug }), json);
      expect(start.status).toBe(424);
      const form = { identifier: dead.slug };
      const shown = await openBrowser().visit(`${scene.server.url}/login/start`, { form });
      expect((await openBrowser().visit(shown.location)).status).toBe(424);
      expect(errors).toEqual([]);
    },
  );

  it('H354: cannot be caused by connection tests and webhooks with dead targets', async () => {
    errors.length = 0;
    const organizationId = organization.id;
    const nowhere = 'http://127.0.0.1:9/';
    const config = {
      organizationId,
      configurationType: 'discoveryURL',
      discoveryURL: nowhere,
      clientId: 'a',
      clientSecret: 'b',
    };
    const tested = await call('/api/v1/sso/oidc/config/test', { ...config, isActive: true });
    expect(tested.status).toBeLessThan(500);
    const webhookUrl = `/api/v1/organization/${scene.boot.organizationId}/audit-webhook`;
    expect((await call(webhookUrl, { url: nowhere })).status).toBe(200);
    expect((await call(`${webhookUrl}/test`, {})).status).toBeLessThan(500);
    expect(errors).toEqual([]);
  });
});
