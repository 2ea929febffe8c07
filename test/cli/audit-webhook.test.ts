import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { type CommandEnd, runCommand } from '../support/command-line.ts';
import { bootstrap, startTestServer, type TestServer } from '../support/server.ts';
import { isSignedWith, startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

let server: TestServer;
let receiver: WebhookReceiver;
let home: string;
let env: Record<string, string>;

beforeAll(async () => {
  server = await startTestServer({ engine: 'sqlite' });
  receiver = await startWebhookReceiver();
  home = await mkdtemp(join(tmpdir(), 'sallyport-cli-'));
  env = { SALLYPORT_URL: server.url, SALLYPORT_TOKEN: (await bootstrap(server)).token };
});
afterAll(async () => {
  await server.close();
  await receiver.close();
  await rm(home, { recursive: true, force: true });
});

const run = async (...args: string[]): Promise<CommandEnd> => runCommand(['audit-webhook', ...args], { home, env });

test('sets, tests, pauses, resumes, rotates and deletes a webhook, and shows its secret once', async () => {
  expect((await run('get')).errors).toContain('audit_webhook_not_found');
  expect(await run('set', '--events', 'all')).toMatchObject({ exitCode: 2, errors: expect.stringContaining('--to') });
  const made = await run('set', '--to', receiver.url, '--json');
  const { secret } = made.json();
  expect(made.json().auditWebhook).toMatchObject({ status: 'active', url: receiver.url });
  expect((await run('test')).output).toBe('It arrived.\n');
  const sent = receiver.received.find(({ message }) => message.type === 'audit.test');
  expect(sent !== undefined && isSignedWith(secret, sent)).toBe(true);
  expect((await run('pause')).output).toContain('paused (by_admin)');
  expect((await run('set', '--events', 'group-create,group-delete')).output).toMatch(
    /^events +group-create, group-delete$/mu,
  );
  expect((await run('resume')).output).toMatch(/^status +active$/mu);
  expect((await run('set', '--after', '1')).exitCode).toBe(2);
  const rotated = await run('rotate');
  expect(rotated.output).toMatch(/^secret +whsec_/mu);
  receiver.answer(() => ({ status: 404 }));
  expect((await run('test')).output).toContain('status_4xx');
  const shown = await run('get');
  expect(shown.output + shown.errors).not.toContain('whsec_');
  expect((await run('delete')).exitCode).toBe(2);
  expect((await run('delete', '--yes')).output).toContain('is deleted.');
  expect((await run('get')).exitCode).toBe(1);
});
