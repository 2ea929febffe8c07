import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { bootstrap, startTestServer } from '../support/server.ts';
import { freePort } from '../support/free-port.ts';

const page = join(import.meta.dirname, '../../docs/audit.md');

it('the receiver in docs/audit.md accepts only messages signed with its secret', async () => {
  const [, program = ''] = /```js\n([^]*?)```/u.exec(await readFile(page, 'utf8')) ?? [];
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-receiver-'));
  await writeFile(join(folder, 'receiver.mjs'), program);
  const server = await startTestServer({ engine: 'sqlite' });
  const { organizationId, token } = await bootstrap(server);
  const url = `/api/v1/organization/${organizationId}/audit-webhook`;
  const port = await freePort();
  const json = { url: `http://127.0.0.1:${port}/` };
  const { secret } = (await server.call(url, { token, json })).body;
  const test = async () => (await server.call(`${url}/test`, { method: 'POST', token })).body.outcome;

  const receiver = startReceiver(folder, { WEBHOOK_SECRET: secret, PORT: String(port) });
  await receiver.printed('listening');
  expect(await test()).toBe('delivered');
  // By the job of the server, within its next round or two.
  await receiver.printed('audit-webhook-create');
  expect(receiver.output()).toMatch(/^audit\.test$[^]*^audit\.entries\n\d+ audit-webhook-create$/mu);
  await receiver.end();

  const stranger = startReceiver(folder, { WEBHOOK_SECRET: 'whsec_AAAA', PORT: String(port) });
  await stranger.printed('listening');
  expect(await test()).toBe('status_4xx');
  expect(stranger.output()).toBe('listening\n');
  await stranger.end();
  await server.close();
  await rm(folder, { recursive: true });
});

function startReceiver(cwd: string, env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['receiver.mjs'], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  return {
    output: () => output,
    printed: async (text: string) => {
      while (!output.includes(text)) await once(child.stdout, 'data');
    },
    end: async () => {
      child.kill();
      await once(child, 'close');
    },
  };
}
