import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { silentLogger } from '../../src/kernel/logger.ts';
import { openDatabase } from '../../src/storage/open-database.ts';
import { StorageStartError } from '../../src/storage/start-error.ts';
import { createTestPlace, type TestPlace } from '../support/databases.ts';
import { putAlone, rejection, storedKeys } from './rows.ts';

const program = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const anybodyElse = 0o077;
/** A user who is subject to file permissions even if root runs the tests. */
const nobody = 65_534;
const isRoot = process.getuid?.() === 0;

describe('the owner of a SQLite database', () => {
  let place: TestPlace;
  let path: string;
  const open = (url = place.url) => openDatabase({ url, logger: silentLogger });

  beforeEach(async () => {
    place = await createTestPlace('sqlite');
    path = place.url.slice('sqlite:'.length);
  });
  afterEach(() => place.remove());

  /** Starts the program that commits forever, waits for some commits, and kills it. */
  async function runAndKill(commits: number, meanwhile: (pid: number) => Promise<void>): Promise<number> {
    const child = spawn(process.execPath, [program('./commit-for-ever.ts'), place.url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let acknowledged = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged = Number(line);
      if (acknowledged !== commits) continue;
      await meanwhile(child.pid ?? 0);
      child.kill('SIGKILL');
    }
    if (child.signalCode === null) await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');
    return acknowledged;
  }

  it('loses no acknowledged commit to kill -9 and leaves no lock behind', async () => {
    const acknowledged = await runAndKill(400, async (pid) => {
      const startedAt = performance.now();
      const refused = await rejection(open());
      expect(performance.now() - startedAt).toBeLessThan(2_000);
      expect(refused).toBeInstanceOf(StorageStartError);
      expect(refused).toMatchObject({ message: expect.stringContaining(`process ${pid} on ${hostname()}`) });
    });
    const database = await open();
    const keys = new Set(await storedKeys(database.db));
    const lost = Array.from({ length: acknowledged }, (_, index) => String(index + 1)).filter((key) => !keys.has(key));
    expect(lost).toEqual([]);
    await database.close();
  });

  it('is rejected a second time in one process, also through another name of the file', async () => {
    const database = await open();
    await expect(open()).rejects.toThrow(StorageStartError);
    const link = join(dirname(path), 'link.db');
    await symlink(path, link);
    await expect(open(`sqlite:${link}`)).rejects.toThrow(StorageStartError);
    await putAlone(database, 'still works');
    await database.close();
    const again = await open(`sqlite:${link}`);
    expect(await storedKeys(again.db)).toEqual(['still works']);
    await again.close();
  });

  it('creates missing folders and makes the files private', async () => {
    const folder = join(dirname(path), 'some', 'where');
    const database = await open(`sqlite:${join(folder, 'new.db')}`);
    await putAlone(database, 'a');
    for (const name of ['.', 'new.db', 'new.db-wal', 'new.db-shm', 'new.db.lock', 'new.db.owner']) {
      const { mode } = await stat(join(folder, name));
      expect([name, mode & anybodyElse]).toEqual([name, 0]);
    }
    await database.close();
  });

  it('makes a readable file private', async () => {
    await writeFile(path, '');
    await chmod(path, 0o644);
    const database = await open();
    expect((await stat(path)).mode & anybodyElse).toBe(0);
    await database.close();
  });

  it.each([
    ['a file that is not a database', async () => writeFile(path, 'Dear diary. '.repeat(1_000))],
    ['a folder', async () => mkdir(path)],
    ['a path through a file', async () => writeFile(join(dirname(path), 'blocked'), '')],
  ])('does not open %s, says so, and releases it', async (name, make) => {
    await make();
    const url = name === 'a path through a file' ? `sqlite:${dirname(path)}/blocked/test.db` : place.url;
    const first = await rejection(open(url));
    expect(first).toBeInstanceOf(StorageStartError);
    expect(first).toMatchObject({ message: expect.stringContaining(url.slice('sqlite:'.length)) });
    // The error is not "in use": the first attempt left nothing.
    expect(await rejection(open(url))).toMatchObject({ message: (first as StorageStartError).message });
  });

  /** Opens the database as a user who is subject to file permissions, and returns the program's output. */
  async function openAsNobody(): Promise<string> {
    const other = await createTestPlace('sqlite');
    const asNobody = isRoot ? [String(nobody), other.url] : [];
    const args = [program('./open-once.ts'), place.url, ...asNobody];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    await other.remove();
    return stdout;
  }

  it('does not open a read-only file', async () => {
    await (await open()).close();
    await chmod(path, 0o444);
    if (isRoot) await Promise.all([dirname(path), `${path}.lock`].map((owned) => chown(owned, nobody, nobody)));
    expect(await openAsNobody()).toMatch(/for reading and writing \(EACCES\)/u);
  });

  it('does not open a database in a read-only folder', async () => {
    await chmod(dirname(path), 0o555);
    expect(await openAsNobody()).toMatch(/cannot be written to/u);
    await chmod(dirname(path), 0o700);
  });

  it('removes its lock when it is closed', async () => {
    const database = await open();
    expect(await readFile(`${path}.owner`, 'utf8')).toContain(String(process.pid));
    await database.close();
    await expect(readFile(`${path}.owner`)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

it.each(['mysql://localhost/x', 'sqlite:', '', 'data/sallyport.db'])('rejects the URL %j', async (url) => {
  await expect(openDatabase({ url, logger: silentLogger })).rejects.toThrow(StorageStartError);
});
