import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { isExecutable, isOnPath, root, run, runShown, say } from './host.mjs';

const unpacked = join(root, '.cache', 'glewlwyd');

/**
 * Glewlwyd, an OpenID provider in C, for the tests of interoperability. Debian's packages of it are unpacked into a folder
 * of the project. Installing them would create a user and a service that starts with the machine. Without Glewlwyd its
 * tests are skipped.
 */
export const glewlwyd = {
  description:
    "Glewlwyd, unpacked from Debian's packages in .cache/glewlwyd (8 MB; nothing is installed on the system)",

  isPresent() {
    const isAvailable = process.platform === 'linux' && isOnPath('apt-get') && isOnPath('dpkg-deb');
    return !isAvailable || ['/', unpacked].some((folder) => isExecutable(join(folder, 'usr/bin/glewlwyd')));
  },

  install() {
    const names = findPackages();
    if (names.length === 0 || !unpack(names)) {
      say("Debian's packages of Glewlwyd could not be downloaded: its tests will be skipped.");
    }
  },
};

/** The packages to unpack: Glewlwyd and the libraries that this machine does not have. */
function findPackages() {
  const ask = () => run('apt-get', ['install', '--simulate', '-qq', '--no-install-recommends', 'glewlwyd']);
  let answer = ask();
  if (answer.status !== 0 && process.getuid() === 0) {
    say("refreshing apt's lists of packages …");
    runShown('apt-get', ['update', '-qq']);
    answer = ask();
  }
  if (answer.status !== 0) return [];
  const names = [...answer.stdout.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name);
  // The others are its clients for MySQL, fonts and scripts of its installation. Its pages load jQuery from a path
  // beside them, even if this machine has the package already.
  const needed = names.filter((name) => /^(?:glewlwyd|lib(?!config-inifiles))/.test(name));
  return [...new Set([...needed, 'libjs-jquery'])];
}

function unpack(names) {
  mkdirSync(join(root, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(root, '.cache', 'glewlwyd-'));
  try {
    // apt downloads as a user who may not be able to enter this folder. It then prints a warning and downloads as root.
    const options = ['-qq', '-o', 'APT::Sandbox::User=root'];
    if (!runShown('apt-get', [...options, 'download', ...names], { cwd: folder })) return false;
    const files = readdirSync(folder);
    const isWhole = files.every((file) => runShown('dpkg-deb', ['-x', join(folder, file), join(folder, 'tree')]));
    if (!isWhole) return false;
    rmSync(unpacked, { recursive: true, force: true });
    renameSync(join(folder, 'tree'), unpacked);
    return true;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
