// The machine that a script runs on, as the user has it. It runs on the host's own Node before anything is installed, so it
// is plain JavaScript and imports only Node's modules.

import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A problem that the user can correct. Its message is shown without a stack. */
export class Refusal extends Error {}

/**
 * Runs a program of the host and waits for it. npm must not run on the Node that it is about to replace, so the
 * project's own programs are not on the path.
 */
export function run(program, args, options = {}) {
  const env = { ...(options.env ?? process.env), PATH: hostPath().join(delimiter) };
  return spawnSync(program, args, { cwd: root, encoding: 'utf8', ...options, env });
}

/** Runs a program and shows what it prints. Returns whether it succeeded. */
export function runShown(program, args, options = {}) {
  return run(program, args, { ...options, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

export function isOnPath(program) {
  return hostPath().some((folder) => isExecutable(join(folder, program)));
}

export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export function say(text) {
  process.stderr.write(`sallyport: ${text}\n`);
}

function hostPath() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.filter((folder) => folder !== '' && !folder.endsWith(join('node_modules', '.bin')));
}
