import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { systemRandom } from '../kernel/random.ts';
import { Secret } from '../kernel/secret.ts';
import { loadOtherRootKeys, loadRootKey, type LoadedRootKey } from './root-key.ts';

const keyText = Buffer.alloc(32, 7).toString('base64');
// The first four bytes of SHA-256 over 32 bytes of 7.
const keyId = '4bb06f8e';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'root-key-'));
  file = join(folder, 'root.key');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const load = (from = file): LoadedRootKey => loadRootKey({ from: 'file', file: from }, systemRandom);

function problemOf(loaded: LoadedRootKey): string {
  return loaded.ok ? 'none' : loaded.fault.problem;
}

function write(text: string, mode = 0o600): void {
  writeFileSync(file, text, { mode });
  chmodSync(file, mode);
}

it('reads the key from the environment and derives its id', () => {
  const loaded = loadRootKey({ from: 'environment', key: new Secret(keyText) }, systemRandom);
  expect(loaded).toEqual({ ok: true, key: { id: keyId, bytes: Buffer.alloc(32, 7) }, source: 'environment' });
});

describe('without a file', () => {
  it('creates a private one and says so', () => {
    const loaded = load();
    expect(loaded).toMatchObject({ ok: true, source: { file, created: true } });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['root.key']);
  });

  it('creates the folder too', () => {
    const deep = join(folder, 'a', 'b', 'root.key');
    expect(load(deep)).toMatchObject({ ok: true, source: { file: deep, created: true } });
    expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o700);
  });

  it('creates a different key each time, and reads the same one at the next start', () => {
    const first = load();
    const other = load(join(folder, 'other.key'));
    const again = load();
    expect(first.ok && other.ok && again.ok).toBe(true);
    if (!first.ok || !other.ok || !again.ok) return;
    expect(again).toEqual({ ok: true, key: first.key, source: { file, created: false } });
    expect(other.key.bytes.equals(first.key.bytes)).toBe(false);
  });

  it('keeps a key that another server created meanwhile', () => {
    // The other server is slightly faster: it has finished when this one has generated its key.
    const random = { ...systemRandom, bytes: () => (write(`${keyText}\n`), Buffer.alloc(32, 9)) };
    const loaded = loadRootKey({ from: 'file', file }, random);
    expect(loaded).toMatchObject({ ok: true, key: { id: keyId }, source: { created: false } });
    expect(readFileSync(file, 'utf8')).toBe(`${keyText}\n`);
    expect(readdirSync(folder)).toEqual(['root.key']);
  });

  it('fails if the folder cannot be created', () => {
    writeFileSync(join(folder, 'plain'), '');
    expect(problemOf(load(join(folder, 'plain', 'root.key')))).toContain('cannot be used (');
  });
});

describe('a file', () => {
  it.each(['', '\n', ' \r\n'])('may end in %j', (ending) => {
    write(`${keyText}${ending}`);
    expect(load()).toMatchObject({ ok: true, key: { id: keyId }, source: { created: false } });
  });

  it.each([0o644, 0o640, 0o604, 0o660, 0o610])('with mode %o is rejected, with the command that fixes it', (mode) => {
    write(keyText, mode);
    expect(problemOf(load())).toContain(`chmod 600 ${file}`);
  });

  it('with mode 0400 is accepted', () => {
    write(keyText, 0o400);
    expect(load().ok).toBe(true);
  });

  it.each([
    ['empty', ''],
    ['too short', Buffer.alloc(16).toString('base64')],
    ['two keys', `${keyText}\n${keyText}`],
    ['very long', 'A'.repeat(100_000)],
  ])('that is %s is rejected and not changed', (_name, text) => {
    write(text);
    expect(problemOf(load())).toContain('does not hold 32 bytes in base64');
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('that is a folder or a pipe is rejected', () => {
    mkdirSync(join(folder, 'dir.key'), { mode: 0o700 });
    execFileSync('mkfifo', ['-m', '600', join(folder, 'pipe.key')]);
    expect(problemOf(load(join(folder, 'dir.key')))).toContain('is not a file');
    expect(problemOf(load(join(folder, 'pipe.key')))).toContain('is not a file');
  });
});

describe('other root keys', () => {
  const loadOthers = (otherRootKeyFiles: readonly string[], otherRootKeys: readonly Secret[] = []) =>
    loadOtherRootKeys({ otherRootKeys, otherRootKeyFiles });

  it('come from the environment and from files, with the ids that they have as the root key', () => {
    const one = load();
    const other = loadOthers([file], [new Secret(keyText)]);
    expect(other).toMatchObject({ ok: true, keys: [{ id: keyId }, { id: one.ok ? one.key.id : '' }] });
  });

  it('are never created, nor read from a file that other users can read', () => {
    expect(loadOthers([file])).toMatchObject({ ok: false, fault: { name: 'SALLYPORT_OTHER_ROOT_KEY_FILES' } });
    expect(readdirSync(folder)).toEqual([]);
    write(keyText, 0o644);
    expect(loadOthers([file])).toMatchObject({ ok: false, fault: { problem: expect.stringContaining('0644') } });
  });
});
