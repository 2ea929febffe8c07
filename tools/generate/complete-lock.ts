import { readFileSync } from 'node:fs';

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
  readonly [field: string]: unknown;
}

/**
 * Reads a lock file and adds the packages for other platforms that npm omitted.
 *
 * If a registry has the binaries of only one platform, `npm install` writes a lock file without the others, and `npm
 * ci` then rejects that lock file on every platform. Added packages have no checksum, because it is unknown. npm adds
 * it at the next `npm install` with a complete registry.
 */
export function completeLockFile(file: string): string {
  return completeLock(readFileSync(file, 'utf8'));
}

/** The same for the text of a lock file. Complete text is returned unchanged. */
export function completeLock(text: string): string {
  // npm wrote this file and reads it next, so `npm ci` reports any wrong shape.
  const lock: LockFile = JSON.parse(text);
  const added = Object.entries(lock.packages).flatMap(([path, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name]) => !isLocked(lock, path, name))
      .map(([name, version]) => [`node_modules/${name}`, otherPlatform({ name, version, dependent: entry })] as const),
  );
  if (added.length === 0) return text;
  // npm's own order, so that its next edit moves no line.
  const packages = [...Object.entries(lock.packages), ...added].toSorted(([a], [b]) => a.localeCompare(b, 'en'));
  return `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, undefined, 2)}\n`;
}

// A package finds another in its own node_modules or in that of any parent folder.
function isLocked(lock: LockFile, path: string, name: string): boolean {
  const here = `${path === '' ? '' : `${path}/`}node_modules/${name}`;
  if (Object.hasOwn(lock.packages, here)) return true;
  return path !== '' && isLocked(lock, path.slice(0, Math.max(path.lastIndexOf('/node_modules/'), 0)), name);
}

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const processors = ['arm64', 'arm', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x'];

interface Binary {
  readonly name: string;
  readonly version: string;
  readonly dependent: LockedPackage;
}

// The package name contains the platform: `@oxlint/binding-linux-arm64-musl`.
function otherPlatform({ name, version, dependent }: Binary): LockedPackage {
  const os = systems.find((system) => name.includes(system));
  const cpu = processors.find((processor) => name.includes(`-${processor}`));
  if (os === undefined || cpu === undefined || !/^\d+\.\d+\.\d+\S*$/.test(version)) {
    throw new Error(`package-lock.json lacks ${name}@${version}, which is no binary of one version for one platform.`);
  }
  const libc = os === 'linux' && { libc: [name.includes('musl') ? 'musl' : 'glibc'] };
  const dev = dependent['dev'] === true && { dev: true };
  return { version, cpu: [cpu], ...dev, ...libc, optional: true, os: [os] };
}
