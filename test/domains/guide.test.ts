import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, expect, it } from 'vitest';

import { type Tenant, useDomainScene } from '../support/domain-scene.ts';

const guide = readFileSync(join(import.meta.dirname, '../../docs/email-domains.md'), 'utf8');
const commands = [...guide.matchAll(/```sh\n([^`]*)```/g)].map((match) => match[1] ?? '');

let tenant: Tenant;

const scene = useDomainScene('sqlite');
beforeAll(async () => {
  tenant = await scene.addTenant();
});

function run(command: string, env: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const shell = spawn('sh', ['-c', command], { env: { PATH: process.env['PATH'] ?? '', ...env } });
    let output = '';
    shell.stdout.on('data', (chunk: Buffer) => void (output += chunk.toString()));
    shell.on('error', reject);
    shell.on('close', () => resolve(output));
  });
}

it('the commands of the guide add, verify and delete a domain', async () => {
  const [claim = '', look = '', verify = '', remove = ''] = commands;
  const env = { SITE: scene.server.url, TOKEN: tenant.token };
  const { emailDomain } = JSON.parse(await run(claim, env));
  expect(emailDomain).toMatchObject({ domain: 'acme.com', status: 'pending' });
  expect(look).toContain(emailDomain.verificationRecordName);
  scene.dns.set(emailDomain.verificationRecordName, { txt: [emailDomain.verificationCode] });
  const withId = { ...env, ID: emailDomain.id };
  expect(JSON.parse(await run(verify, withId)).emailDomain.status).toBe('verified');
  expect(JSON.parse(await run(remove, withId)).emailDomain.id).toBe(emailDomain.id);
  expect((await scene.list(tenant)).body.emailDomains).toEqual([]);
});
