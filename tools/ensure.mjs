// Brings what the npm scripts need and is not there yet: the packages of package-lock.json, among them the Node that the
// project runs on, with `--browser` a Chromium for the tests that drive one, and with `--glewlwyd` a second OpenID provider
// for the tests of interoperability, where it can be had. It runs on the host's own Node, before anything is installed,
// so it is plain JavaScript and imports nothing but Node's modules.

import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const nodeMajorMin = 20;
const npmMajorMin = 11;
const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');

/** What the person who typed the command can put right; everything else is a fault of this program. */
class Refusal extends Error {}

try {
  ensurePackages();
  if (process.argv.includes('--browser')) ensureBrowser();
  if (process.argv.includes('--glewlwyd')) ensureGlewlwyd();
} catch (fault) {
  if (!(fault instanceof Refusal)) throw fault;
  process.stderr.write(`sallyport: ${fault.message}\n`);
  process.exitCode = 1;
}

function ensurePackages() {
  if (arePackagesInstalled()) return;
  requireVersion('Node', process.versions.node, nodeMajorMin);
  requireVersion('npm', run('npm', ['--version']).stdout.trim(), npmMajorMin);
  say('installing the packages of package-lock.json, with the Node that this project runs on (a minute or so) …');
  // `error` hides npm's remark that the host's Node is too old for some packages: they never run on it.
  const { status } = run('npm', ['ci', '--loglevel=error'], { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) refuse('npm ci failed; what it said stands above.');
  if (!arePackagesInstalled()) refuse('npm ci left packages out. Remove node_modules and try again.');
}

// npm writes what it has installed into node_modules/.package-lock.json as its last step. Comparing that with the lock
// file leaves alone what `npm install` has brought, and notices an installation that was cut off or is out of date.
function arePackagesInstalled() {
  if (!existsSync(join(modules, '.package-lock.json')) || !existsSync(join(modules, '.bin', 'node'))) return false;
  const wanted = readLock(join(root, 'package-lock.json'));
  const present = readLock(join(modules, '.package-lock.json'));
  // Packages for other platforms are optional and absent; npm alone knows which of them belong here.
  const isMissing = ([path, entry]) => path !== '' && !entry.optional && !Object.hasOwn(present, path);
  const isOther = ([path, { version, integrity }]) =>
    wanted[path]?.version !== version || wanted[path].integrity !== integrity;
  return !Object.entries(wanted).some(isMissing) && !Object.entries(present).some(isOther);
}

function readLock(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

function ensureBrowser() {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (!isExecutable(named)) refuse(`CHROMIUM_PATH names ${named}, which is not a program that can be run.`);
    return;
  }
  if (isBrowserInstalled()) return;
  const advice = 'Install Chromium or Chrome, or name its program in CHROMIUM_PATH.';
  if (!canInstall()) {
    refuse(`the tests drive a real browser, and there is none here. ${advice}`);
  }
  say('installing Chromium with apt-get, for the tests that drive a browser (a minute or so) …');
  if (!install(['chromium', 'fonts-liberation'])) {
    refuse(`apt-get could not install Chromium; what it said stands above. ${advice}`);
  }
  // Ubuntu's package of this name holds no browser, only the advice to install a snap.
  if (!isBrowserInstalled() || run('chromium', ['--version']).status !== 0) {
    refuse(`apt-get brought no Chromium that runs. ${advice}`);
  }
}

// Without it the tests that need it say that they were skipped, so nobody is refused for want of it.
function ensureGlewlwyd() {
  if (isExecutable('/usr/bin/glewlwyd') || !canInstall()) return;
  say('installing Glewlwyd with apt-get, for the tests of interoperability …');
  if (!install(['glewlwyd'])) say('there is no Glewlwyd to be had here; the tests that need it will be skipped.');
}

function canInstall() {
  return process.platform === 'linux' && process.getuid?.() === 0 && isOnPath('apt-get');
}

function install(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const stdio = ['ignore', 'ignore', 'inherit'];
  return (
    run('apt-get', ['update', '-qq'], { env, stdio }).status === 0 &&
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env, stdio }).status === 0
  );
}

// The same places as test/support/browser.ts looks at.
function isBrowserInstalled() {
  return ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].some(isExecutable);
}

function isOnPath(program) {
  return hostPath().some((folder) => isExecutable(join(folder, program)));
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

// Programs run as the host has them: npm must not run on the Node that it is about to replace.
function run(program, args, options = {}) {
  const env = { ...(options.env ?? process.env), PATH: hostPath().join(delimiter) };
  return spawnSync(program, args, { cwd: root, encoding: 'utf8', ...options, env });
}

function hostPath() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.filter((folder) => folder !== '' && !folder.endsWith(join('node_modules', '.bin')));
}

function requireVersion(name, version, majorMin) {
  if (Number.parseInt(version, 10) >= majorMin) return;
  refuse(`this needs ${name} ${majorMin} or newer to install itself; here is ${version || 'none'}.`);
}

function say(text) {
  process.stderr.write(`sallyport: ${text}\n`);
}

function refuse(text) {
  throw new Refusal(text);
}
