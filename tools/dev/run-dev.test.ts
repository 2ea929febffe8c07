import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { expect, it } from 'vitest';

import { freePort } from '../../test/support/free-port.ts';
import { signInAt } from '../../test/support/practice-idp.ts';
import { runDev } from './run-dev.ts';

const project = dirname(dirname(import.meta.dirname));

it('runs both servers with known credentials, and stops them when asked', async () => {
  const root = await mkdtemp(join(tmpdir(), 'sallyport-dev-'));
  for (const name of ['src', 'tools', 'node_modules', 'package.json']) {
    await symlink(join(project, name), join(root, name));
  }
  const announced = Promise.withResolvers<string>();
  const stopCallbacks: (() => void)[] = [];
  const ended = runDev({
    root,
    env: { PATH: process.env['PATH'], PORT: String(await freePort()), PRACTICE_IDP_PORT: String(await freePort()) },
    nodeOptions: [],
    print: (text) => {
      if (text.includes('Sallyport is running')) announced.resolve(text);
    },
    onStopRequest: (callback) => void stopCallbacks.push(callback),
  });
  ended.catch(announced.reject);
  try {
    const text = await announced.promise;
    expect(text).toMatch(/password +for-development-only/);
    const [, start = ''] = /directly +(\S+)/.exec(text) ?? [];
    const departure = await fetch(start, { redirect: 'manual' });
    const callback = await signInAt(new URL(departure.headers.get('location') ?? ''), 'alice');
    expect(callback.pathname).toBe('/api/v1/sso/oidc/callback');
    expect(callback.searchParams.get('code')).toBeTruthy();
  } finally {
    stopCallbacks.forEach((callback) => callback());
    expect(await ended).toBe(0);
    await rm(root, { recursive: true });
  }
});
