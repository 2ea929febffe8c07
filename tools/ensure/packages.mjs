import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Refusal, root, runShown } from './host.mjs';

const nodeMajorMin = 20;
const modules = join(root, 'node_modules');

/** The packages of package-lock.json, among them the Node that the project runs on. */
export const packages = {
  description: 'the packages of package-lock.json, with the Node that this project runs on, in node_modules (570 MB)',

  // npm writes what it has installed into node_modules/.package-lock.json as its last step. The comparison with the lock
  // file accepts the result of `npm install` and notices an installation that was interrupted or is out of date.
  isPresent() {
    if (!existsSync(join(modules, '.package-lock.json')) || !existsSync(join(modules, '.bin', 'node'))) return false;
    const wanted = readLock(join(root, 'package-lock.json'));
    const present = readLock(join(modules, '.package-lock.json'));
    // Packages for other platforms are optional and absent. Only npm knows which of them belong here.
    const isMissing = ([path, entry]) => path !== '' && !entry.optional && !Object.hasOwn(present, path);
    const isOther = ([path, { version, integrity }]) =>
      wanted[path]?.version !== version || wanted[path].integrity !== integrity;
    return !Object.entries(wanted).some(isMissing) && !Object.entries(present).some(isOther);
  },

  install() {
    if (Number.parseInt(process.versions.node, 10) < nodeMajorMin) {
      throw new Refusal(`this needs Node ${nodeMajorMin} or newer to install itself; found ${process.versions.node}.`);
    }
    // `npm ci` deletes node_modules before it asks the registry, so an installation that exists is repaired by
    // `npm install`, which restores it when it fails. `--no-save` keeps package.json and the lock file as they are.
    const command = existsSync(modules) ? ['install', '--no-save'] : ['ci'];
    // `error` hides npm's warning that the host's Node is too old for some packages: they never run on it.
    if (!runShown('npm', [...command, '--include=dev', '--loglevel=error'])) {
      throw new Refusal(`npm ${command[0]} failed. Its output is above.`);
    }
    if (!this.isPresent()) {
      throw new Refusal(
        `npm ${command[0]} left packages out. If your npm has ignore-scripts set, run: ` +
          'npm ci --ignore-scripts=false. Otherwise remove node_modules and try again.',
      );
    }
  },
};

function readLock(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}
