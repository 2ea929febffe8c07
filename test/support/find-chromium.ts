import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';

const systemPaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
// Where `npm test` unpacks a Chromium if the system has none (tools/ensure/chromium.mjs).
const unpacked = join(import.meta.dirname, '../../.cache/chromium');

/** A Chromium of this machine, with the environment variables that it needs. */
export interface InstalledChromium {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Finds the Chromium in `CHROMIUM_PATH`, else the system's, else the unpacked one; `undefined` without one.
 *
 * @throws Error if the file in `CHROMIUM_PATH` cannot be executed.
 */
export function findChromium(): InstalledChromium | undefined {
  const named = process.env['CHROMIUM_PATH'] ?? '';
  if (named !== '') {
    if (isExecutable(named)) return { path: named, env: {} };
    throw new Error(`CHROMIUM_PATH names ${named}, which is not an executable program.`);
  }
  const installed = systemPaths.find(isExecutable);
  if (installed !== undefined) return { path: installed, env: {} };
  const path = join(unpacked, 'chromium');
  return isExecutable(path) ? { path, env: environmentOfUnpacked() } : undefined;
}

function environmentOfUnpacked(): Readonly<Record<string, string>> {
  const libraries = { LD_LIBRARY_PATH: join(unpacked, 'al2023/lib') };
  return existsSync('/etc/fonts/fonts.conf') ? libraries : { ...libraries, FONTCONFIG_PATH: join(unpacked, 'fonts') };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
