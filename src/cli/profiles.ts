import { open, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import type { Clock } from '../kernel/clock.ts';
import { CliFailure } from './cli-failure.ts';

/** A server and the login there. */
export interface Profile {
  /** The site's web origin. Nothing of this profile is sent anywhere else. */
  readonly url: string;
  /** The login's name for people: an e-mail address or a machine identity's client id. */
  readonly name?: string;
  readonly kind?: 'user' | 'machine';
  readonly accessToken?: string;
  /** A user's refresh token. It changes with each use. */
  readonly refreshToken?: string;
  /** The id of the organization that commands apply to. A user's token contains it. */
  readonly organizationId?: string;
}

/** The content of the file. */
export interface ProfileSet {
  readonly current: string;
  readonly profiles: Readonly<Record<string, Profile>>;
}

/** The profiles of the user at this computer. */
export interface Profiles {
  readonly file: string;
  /** @throws {CliFailure} if other users can read the file, or its content is invalid. */
  read(): Promise<ProfileSet>;
  /** Changes the file under its lock, and leaves it unchanged if `change` fails. */
  update(change: (set: ProfileSet) => ProfileSet | Promise<ProfileSet>): Promise<ProfileSet>;
}

const ownerOnlyFile = 0o600;
const ownerOnlyFolder = 0o700;
const othersMask = 0o077;
const lockWaitMs = 50;
const lockWaitMsMax = 15_000;
/** An older lock belongs to a program that was killed: no program keeps one this long. */
const lockAgeMsMax = 60_000;

/** The file that the environment selects. */
export function openProfiles(env: Readonly<Record<string, string | undefined>>, clock: Clock): Profiles {
  const folder = env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config');
  const file = join(folder, 'sallyport', 'profiles.json');
  const read = async () => readProfiles(file);
  return {
    file,
    read,
    update: async (change) => {
      await mkdir(dirname(file), { recursive: true, mode: ownerOnlyFolder });
      const unlock = await lock(`${file}.lock`, clock);
      try {
        const next = await change(await read());
        await replace(file, `${JSON.stringify(next, undefined, 2)}\n`);
        return next;
      } finally {
        await unlock();
      }
    },
  };
}

async function readProfiles(file: string): Promise<ProfileSet> {
  const handle = await open(file, 'r').catch((thrown: unknown) => {
    if (codeOf(thrown) === 'ENOENT') return undefined;
    throw new CliFailure('failed', `${file} cannot be read (${codeOf(thrown)}).`);
  });
  if (handle === undefined) return { current: 'default', profiles: {} };
  try {
    const { mode } = await handle.stat();
    if ((mode & othersMask) !== 0) {
      throw new CliFailure(
        'failed',
        `${file} contains your logins, and other users can read it. Run: chmod 600 ${file} (and log in again if you share this computer)`,
      );
    }
    return parse(file, await handle.readFile('utf8'));
  } finally {
    await handle.close();
  }
}

function parse(file: string, text: string): ProfileSet {
  try {
    const found: unknown = JSON.parse(text);
    if (isProfileSet(found)) return found;
  } catch {
    // The actual content is not shown, because it might be a secret.
  }
  throw new CliFailure('failed', `${file} is damaged. Delete it and log in again.`);
}

function isProfileSet(value: unknown): value is ProfileSet {
  if (typeof value !== 'object' || value === null || !('current' in value) || !('profiles' in value)) return false;
  const { current, profiles } = value;
  if (typeof current !== 'string' || typeof profiles !== 'object' || profiles === null) return false;
  return Object.values(profiles).every(
    (profile: unknown) =>
      typeof profile === 'object' &&
      profile !== null &&
      'url' in profile &&
      Object.values(profile).every((field) => typeof field === 'string'),
  );
}

// A concurrent reader sees the old file or the new one, and a power failure leaves one of them.
async function replace(file: string, text: string): Promise<void> {
  const draft = `${file}.new`;
  await rm(draft, { force: true });
  const handle = await open(draft, 'wx', ownerOnlyFile);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}

async function lock(path: string, clock: Clock): Promise<() => Promise<void>> {
  for (let waitedMs = 0; waitedMs <= lockWaitMsMax; waitedMs += lockWaitMs) {
    try {
      await (await open(path, 'wx', ownerOnlyFile)).close();
      return async () => rm(path, { force: true });
    } catch (thrown) {
      if (codeOf(thrown) !== 'EEXIST') throw new CliFailure('failed', `${path} cannot be created (${codeOf(thrown)}).`);
    }
    const age = await stat(path).then(
      ({ mtimeMs }) => clock.nowMs() - mtimeMs,
      () => 0,
    );
    if (age > lockAgeMsMax) await rm(path, { force: true });
    else await pause(lockWaitMs);
  }
  throw new CliFailure(
    'failed',
    `Another sallyport process is changing the profiles. If no such process is running, delete ${path}`,
  );
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown reason';
}

/** Reads a file that the user named. */
export async function readTextFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    throw new CliFailure('failed', `${path} cannot be read (${codeOf(thrown)}).`);
  }
}
