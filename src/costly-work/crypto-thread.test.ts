import { execFileSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { mkdtempSync, openSync, closeSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, expect, it } from 'vitest';

import { systemClock } from '../kernel/clock.ts';
import { systemRandom } from '../kernel/random.ts';
import { createPasswords } from '../users/password.ts';
import { createCryptoThread } from './crypto-thread.ts';
import { createGate } from './gate.ts';

const thread = createCryptoThread();
afterEach(() => thread.close());

const deps = { gate: createGate(systemClock), thread, random: systemRandom };
const passwords = createPasswords({ ...deps, cost: { memory: 64, passes: 1, parallelism: 4 } });

/** Keeps every thread of libuv's pool busy until the returned function is called. */
function occupyPool(): () => Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'sallyport-pool-'));
  const pipe = join(directory, 'pipe');
  execFileSync('mkfifo', [pipe]);
  // Opening a pipe for reading occupies a thread of the pool until the pipe is opened for writing.
  const threads = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4);
  const readers = Array.from({ length: threads }, async () => (await open(pipe, 'r')).close());
  return async () => {
    closeSync(openSync(pipe, 'w'));
    await Promise.all(readers);
    rmSync(directory, { recursive: true });
  };
}

it('H322: hashes passwords and generates key pairs while every thread of the shared pool is busy', async () => {
  // The thread loads its program from files, which uses the pool, so it is started before.
  const hash = await passwords.hash('correct horse');
  const release = occupyPool();
  try {
    expect(await passwords.verify('correct horse', hash)).toBe(true);
    expect(await passwords.verify('wrong horse', hash)).toBe(false);
    const { publicKey } = await thread.run({ kind: 'rsa-key-pair', modulusBits: 2048 });
    expect(createPublicKey({ key: publicKey, format: 'jwk' }).asymmetricKeyDetails?.modulusLength).toBe(2048);
  } finally {
    await release();
  }
});

it('hashes at the cost that a stored hash names, whatever the cost of new ones', async () => {
  const costly = createPasswords({ ...deps, cost: { memory: 128, passes: 2, parallelism: 1 } });
  const hash = await costly.hash('correct horse');
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=128,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/u);
  expect(await passwords.verify('correct horse', hash)).toBe(true);
  expect(await passwords.verify('correct horse', undefined)).toBe(false);
});

it('answers 503 for work whose thread dies, and starts another thread for the next work', async () => {
  const job = { kind: 'rsa-key-pair', modulusBits: 4096 } as const;
  const refusal = thread.run(job).catch((thrown: unknown) => thrown);
  await thread.close();
  expect(await refusal).toMatchObject({ code: 'work_failed', meta: { retryAfterSeconds: 1 } });
  expect(await passwords.hash('x')).toContain('$argon2id$');
});

it('answers 503 for a cost that the machine cannot bear', async () => {
  const impossible = createPasswords({ ...deps, cost: { memory: 1, passes: 1, parallelism: 4 } });
  await expect(impossible.hash('x')).rejects.toMatchObject({ code: 'work_failed' });
});
