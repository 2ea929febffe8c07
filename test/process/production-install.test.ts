import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { createTestFolder, reachableSettings } from '../support/server-process.ts';

const project = join(import.meta.dirname, '../..');
/** A registry that cannot be reached, so every request fails immediately. */
const unreachableRegistry = {
  npm_config_registry: 'http://127.0.0.1:1/',
  npm_config_fetch_retries: '0',
  npm_config_update_notifier: 'false',
};

let folder: Awaited<ReturnType<typeof createTestFolder>>;

beforeEach(async () => {
  folder = await createTestFolder();
});
afterEach(() => folder.remove());

test('"npm start" runs with production packages only, contacts no registry and changes no package', async () => {
  const packages = await installForProduction(folder.path);
  const server = await runNpm(['start'], { ...(await reachableSettings()), ...unreachableRegistry }, /^listening on/m);
  expect(await readdir(join(folder.path, 'node_modules'))).toEqual(packages);
  expect(server.output).toContain('stopping: finishing the requests in progress');
});

test('"npm start" without packages names the command that installs them', async () => {
  await cp(join(project, 'package.json'), join(folder.path, 'package.json'));
  await cp(join(project, 'bin'), join(folder.path, 'bin'), { recursive: true });
  const { exitCode, output } = await runNpm(['start'], unreachableRegistry);
  expect(exitCode).toBe(1);
  expect(output).toContain('the packages are not installed. Run npm ci --omit=dev in');
});

test('a script that finds packages missing keeps the others if the registry is unreachable', async () => {
  await cp(join(project, 'tools/ensure'), join(folder.path, 'tools/ensure'), { recursive: true });
  await cp(join(project, 'tools/ensure.mjs'), join(folder.path, 'tools/ensure.mjs'));
  const root = { name: 'some-project', version: '1.0.0', dependencies: { here: '1.0.0', missing: '1.0.0' } };
  const entries = { 'node_modules/here': { version: '1.0.0' }, 'node_modules/missing': { version: '1.0.0' } };
  const lock = { name: root.name, version: root.version, lockfileVersion: 3, requires: true };
  await writeJson('package.json', { ...root, private: true, scripts: { demo: 'node tools/ensure.mjs' } });
  await writeJson('package-lock.json', { ...lock, packages: { '': root, ...entries } });
  await writeJson('node_modules/.package-lock.json', {
    ...lock,
    packages: { 'node_modules/here': entries['node_modules/here'] },
  });
  await writeJson('node_modules/here/package.json', { name: 'here', version: '1.0.0' });
  const before = await readFile(join(folder.path, 'package-lock.json'), 'utf8');

  const { exitCode, output } = await runNpm(['run', 'demo'], unreachableRegistry);
  expect(exitCode).toBe(1);
  expect(output).toContain('npm install failed. Its output is above.');
  expect(await readdir(join(folder.path, 'node_modules/here'))).toEqual(['package.json']);
  expect(await readFile(join(folder.path, 'package-lock.json'), 'utf8')).toBe(before);
});

/**
 * Does the same as `npm ci --omit=dev` without a registry: copies the sources, and links the packages that npm would
 * install.
 */
async function installForProduction(path: string): Promise<readonly string[]> {
  for (const name of ['bin', 'src']) await cp(join(project, name), join(path, name), { recursive: true });
  await cp(join(project, 'package.json'), join(path, 'package.json'));
  const modules = join(path, 'node_modules');
  const lock = JSON.parse(await readFile(join(project, 'node_modules/.package-lock.json'), 'utf8'));
  const production = Object.entries<{ dev?: boolean; devOptional?: boolean }>(lock.packages).flatMap(([name, entry]) =>
    entry.dev === true || entry.devOptional === true || name.includes('/node_modules/') ? [] : [name],
  );
  for (const name of production) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await symlink(join(project, name), join(path, name));
  }
  await mkdir(join(modules, '.bin'));
  await symlink(join(project, 'node_modules/.bin/node'), join(modules, '.bin/node'));
  await writeFile(join(modules, '.package-lock.json'), JSON.stringify(lock));
  // The server stores its compile cache there at its first start.
  await mkdir(join(modules, '.cache'));
  return readdir(modules);
}

async function writeJson(file: string, value: unknown): Promise<void> {
  const path = join(folder.path, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify(value, undefined, 2));
}

/** Runs npm in the folder to its end. It is interrupted when its output matches `until`. */
async function runNpm(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  until?: RegExp,
): Promise<{ exitCode: unknown; output: string }> {
  const hostPath = (process.env['PATH'] ?? '').split(delimiter).filter((part) => !part.includes('node_modules'));
  const child = spawn('npm', args, {
    cwd: folder.path,
    env: { PATH: hostPath.join(delimiter), HOME: folder.path, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  let isAskedToEnd = false;
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
    if (isAskedToEnd || until === undefined || !until.test(output) || child.pid === undefined) return;
    isAskedToEnd = true;
    // Like Ctrl-C, the signal goes to the whole group.
    process.kill(-child.pid, 'SIGINT');
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const [exitCode] = await once(child, 'close');
  return { exitCode, output };
}
