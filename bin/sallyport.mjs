#!/usr/bin/env node
// `sallyport`: passes its arguments to src/start.mjs, on the Node that the project brings along. The host's Node may be too
// old to run TypeScript, so this is plain JavaScript and imports only Node's modules. It installs nothing: a server that
// starts must not change its own packages.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';

const nodeMajor = 26;
const root = fileURLToPath(new URL('..', import.meta.url));
const node = `${root}node_modules/node/bin/node${process.platform === 'win32' ? '.exe' : ''}`;
const program = `${root}src/start.mjs`;
// Without arguments src/start.mjs is the server; a user who types `sallyport` wants to know what it does.
const args = process.argv.length > 2 ? process.argv.slice(2) : ['help'];

if (!existsSync(node) || !existsSync(`${root}node_modules/.package-lock.json`)) {
  process.stderr.write(`sallyport: the packages are not installed. Run npm ci --omit=dev in ${root}\n`);
  process.exitCode = 1;
} else if (Number.parseInt(process.versions.node, 10) >= nodeMajor) {
  process.argv = [process.argv[0], program, ...args];
  await import(pathToFileURL(program).href);
} else {
  runWithOwnNode();
}

function runWithOwnNode() {
  const child = spawn(node, [program, ...args], { stdio: 'inherit' });
  // A terminal sends its signals to the child as well. One that is sent to this process only is passed on.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`sallyport: cannot run ${node} (${error.code}). Run npm ci --omit=dev in ${root}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 128 + constants.signals[signal];
  });
}
