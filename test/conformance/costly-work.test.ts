import { afterEach, describe, expect, it } from 'vitest';

import { waitingPerCallerMax } from '../../src/costly-work/limits.ts';
import { addOrganization } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { createHeldThreads } from '../support/held-thread.ts';
import { configUrl, customConfig } from '../support/oidc-config-body.ts';
import { type Answer, useServer } from '../support/server.ts';

const byKey = { tokenEndpointAuthMethod: 'private_key_jwt' } as const;
/** One job runs, and a few of one caller wait. */
const admitted = 1 + waitingPerCallerMax;

describe.each(engines)('costly work (%s)', (engine) => {
  const threads = createHeldThreads();

  const { server, boot } = useServer({ engine, createThread: threads.createThread });
  afterEach(() => threads.release());

  const guess = (email: string) => server.call('/api/v3/auth/login', { json: { email, password: 'wrong' } });

  async function failuresRecorded(): Promise<number> {
    const { db } = server.database;
    const rows = await db
      .selectFrom('audit_events')
      .select('id')
      .where('event_type', 'like', 'password-login-%')
      .execute();
    return rows.length;
  }

  /** Sends requests concurrently while no job can end. Returns their responses after jobs can end again. */
  async function sendAtOnce<Reply extends { readonly status: number }>(
    requests: readonly (() => Promise<Reply>)[],
  ): Promise<Reply[]> {
    threads.hold();
    const answers: Promise<Reply>[] = [];
    let refused = 0;
    const { promise: restIsRefused, resolve } = Promise.withResolvers<void>();
    for (const request of requests) {
      answers.push(
        request().then((answer) => {
          if (answer.status === 429) refused += 1;
          if (refused === requests.length - admitted) resolve();
          return answer;
        }),
      );
    }
    await restIsRefused;
    threads.release();
    return Promise.all(answers);
  }

  function expectRefusals(answers: readonly Answer[]): void {
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(answers.length - admitted);
    for (const { body, headers } of refused) {
      expect(body).toMatchObject({ code: 'work_limited', error: 'RateLimitExceeded' });
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }
  }

  it('H320: hashes one of sixty concurrent wrong passwords at a time and rejects most of the others without a record', async () => {
    const before = { hashed: threads.begun('argon2id'), recorded: await failuresRecorded() };
    const answers = await sendAtOnce(
      Array.from({ length: 60 }, (_, index) => () => guess(`nobody-${index}@x.example`)),
    );
    expectRefusals(answers);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(admitted);
    expect(threads.begun('argon2id') - before.hashed).toBe(admitted);
    expect(threads.mostAtOnce('argon2id')).toBe(1);
    expect((await failuresRecorded()) - before.recorded).toBe(admitted);
    expect((await server.call('/api/v3/auth/login', { json: boot.admin })).status).toBe(200);
  });

  it('H320: the password page uses the same queue and says when to try again', async () => {
    const body = new URLSearchParams({ email: 'nobody@x.example', password: 'wrong' });
    const headers = { 'sec-fetch-site': 'same-origin' };
    const send = () => fetch(`${server.url}/login/admin`, { method: 'POST', body, headers });
    const pages = await sendAtOnce(Array.from({ length: 12 }, () => send));
    const refused = pages.filter(({ status }) => status === 429);
    for (const page of refused) expect(Number(page.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await refused[0]?.text()).toContain('Try again in a few seconds');
  });

  it('H323: a client that disconnects does not start the next piece of work early', async () => {
    threads.hold();
    const begun = threads.begun('argon2id');
    const hangingUp = new AbortController();
    const json = JSON.stringify({ email: 'gone@x.example', password: 'wrong' });
    const request = { method: 'POST', body: json, headers: { 'content-type': 'application/json' } };
    const gone = fetch(`${server.url}/api/v3/auth/login`, { ...request, signal: hangingUp.signal });
    await threads.untilBegun('argon2id', begun + 1);
    hangingUp.abort();
    await expect(gone).rejects.toThrow();
    const next = guess('next@x.example');
    // When this responds, the server has seen the connection end and the next request start.
    expect((await server.call('/api/status')).status).toBe(200);
    expect(threads.begun('argon2id')).toBe(begun + 1);
    threads.release();
    expect((await next).status).toBe(401);
    expect(threads.begun('argon2id')).toBe(begun + 2);
    expect(threads.mostAtOnce('argon2id')).toBe(1);
  });

  it('H321: sixty requests to create an existing configuration generate no key pair', async () => {
    const { token } = boot;
    const organizationId = await addOrganization(server, boot);
    const json = { ...customConfig(organizationId), ...byKey };
    expect((await server.call(configUrl, { token, json })).status).toBe(200);
    const made = threads.begun('rsa-key-pair');
    const answers = await Promise.all(Array.from({ length: 60 }, () => server.call(configUrl, { token, json })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([409]));
    expect(threads.begun('rsa-key-pair')).toBe(made);
  });

  it('H321: a change that must fail generates no key pair', async () => {
    const { token } = boot;
    const organizationId = await addOrganization(server, boot);
    const patch = (json: object, headers = {}) => server.call(configUrl, { method: 'PATCH', token, json, headers });
    const made = threads.begun('rsa-key-pair');
    expect((await patch({ organizationId, ...byKey })).status).toBe(404);
    expect((await server.call(configUrl, { token, json: customConfig(organizationId) })).status).toBe(200);
    expect((await patch({ organizationId, ...byKey }, { 'if-match': '"0"' })).status).toBe(412);
    expect((await patch({ organizationId, ...byKey, tokenEndpoint: 'no URL' })).status).toBe(422);
    expect((await patch({ organizationId, ...byKey, tokenEndpoint: 'http://10.0.0.1/token' })).status).toBe(400);
    expect(threads.begun('rsa-key-pair')).toBe(made);
    expect((await patch({ organizationId, ...byKey })).status).toBe(200);
    expect(threads.begun('rsa-key-pair')).toBe(made + 1);
  });

  it('H320: an organization that requests many key pairs waits in its own queue and does not delay others', async () => {
    const { token } = boot;
    const [greedy, other] = [await addOrganization(server, boot), await addOrganization(server, boot)];
    for (const organizationId of [greedy, other]) {
      await server.call(configUrl, { token, json: { ...customConfig(organizationId), ...byKey } });
    }
    const rotate = (organizationId: string) =>
      server.call(`${configUrl}/client-keys`, { token, json: { organizationId } });
    const answers = await sendAtOnce(Array.from({ length: 12 }, () => () => rotate(greedy)));
    expectRefusals(answers);
    expect(threads.mostAtOnce('rsa-key-pair')).toBe(1);
    expect((await rotate(other)).status).toBe(200);
  });
});
