import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

import type { Random } from '../kernel/random.ts';
import type { SealingKey } from '../kernel/sealed-box.ts';
import { isRootKey } from './kinds.ts';
import type { Config, ConfigFault, RootKeySource } from './load-config.ts';
import { settings } from './schema.ts';

const keyBytes = 32;
const fileSizeMax = 1024;
const othersMask = 0o077;

export type LoadedRootKey =
  | {
      readonly ok: true;
      readonly key: SealingKey;
      readonly source: 'environment' | { readonly file: string; readonly created: boolean };
    }
  | { readonly ok: false; readonly fault: ConfigFault };

/**
 * Loads the root key. Without one, creates its file with mode 0600, on disk before this returns, and never in
 * place of another, even if two servers start at once. A file that other users can read is rejected, because the key
 * may be known already.
 */
export function loadRootKey(source: RootKeySource, random: Random): LoadedRootKey {
  if (source.from === 'environment') {
    return { ok: true, key: toSealingKey(source.key.expose()), source: 'environment' };
  }
  const { file } = source;
  try {
    const created = !existsSync(file) && createKeyFile(file, random);
    const read = readKeyFile(file);
    if ('problem' in read) return refusal(read.problem);
    return { ok: true, key: toSealingKey(read.text), source: { file, created } };
  } catch (cause) {
    // Only errors of the operating system reach this line: an error code and the operator's path.
    if (!(cause instanceof Error) || !('code' in cause)) throw cause;
    return refusal(`the key file ${file} cannot be used (${String(cause.code)})`);
  }
}

/** Loads the additional root keys from the environment and from files, which are never created. */
export function loadOtherRootKeys({
  otherRootKeys,
  otherRootKeyFiles,
}: Pick<Config, 'otherRootKeys' | 'otherRootKeyFiles'>):
  | { readonly ok: true; readonly keys: readonly SealingKey[] }
  | { readonly ok: false; readonly fault: ConfigFault } {
  const keys = otherRootKeys.map((key) => toSealingKey(key.expose()));
  for (const file of otherRootKeyFiles) {
    const read = tryReadKeyFile(file);
    if ('problem' in read) {
      return { ok: false, fault: { name: settings.otherRootKeyFiles.name, problem: read.problem } };
    }
    keys.push(toSealingKey(read.text));
  }
  return { ok: true, keys };
}

/** Deletes the file of a key that was just created and has encrypted nothing. */
export function withdrawRootKey(file: string): void {
  rmSync(file, { force: true });
}

function tryReadKeyFile(file: string): { text: string } | { problem: string } {
  try {
    return readKeyFile(file);
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause)) throw cause;
    return { problem: `the key file ${file} cannot be used (${String(cause.code)})` };
  }
}

function refusal(problem: string): LoadedRootKey {
  return { ok: false, fault: { name: settings.rootKeyFile.name, problem } };
}

// The key id is derived from the key, so that a wrong key is detected before it is used.
function toSealingKey(text: string): SealingKey {
  const bytes = Buffer.from(text, 'base64');
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 8), bytes };
}

function readKeyFile(file: string): { text: string } | { problem: string } {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    // The opened file is checked and read, because the path may refer to another file at any time.
    const status = fstatSync(descriptor);
    if (!status.isFile()) return { problem: `${file} is not a file` };
    if ((status.mode & othersMask) !== 0) {
      const mode = (status.mode & 0o777).toString(8).padStart(4, '0');
      return { problem: `${file} may be read by others (mode ${mode}); allow its owner alone: chmod 600 ${file}` };
    }
    const text = status.size > fileSizeMax ? '' : readFileSync(descriptor, 'utf8').trim();
    return isRootKey(text) ? { text } : { problem: `${file} does not hold ${keyBytes} bytes in base64` };
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Creates the file under another name and links it into place. A link never replaces a file, and the name appears with
 * the complete key or not at all. Returns `false` if another server was faster.
 */
function createKeyFile(file: string, random: Random): boolean {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.${random.token(6)}.new`;
  try {
    writeFileSync(draft, `${random.bytes(keyBytes).toString('base64')}\n`, { flag: 'wx', mode: 0o600, flush: true });
    linkSync(draft, file);
    syncFolder(folder);
    return true;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST' && existsSync(file)) return false;
    throw cause;
  } finally {
    rmSync(draft, { force: true });
  }
}

// The name is part of the folder. Without this sync, the name may be lost in a power failure although the key is on
// disk.
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
