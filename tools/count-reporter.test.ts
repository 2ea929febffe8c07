import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

const root = dirname(import.meta.dirname);
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Runs Vitest on the given files, in a folder of the repository so that they find its packages. */
function runVitest(files: Readonly<Record<string, string>>, setting = 'allowedReasons: [], forbidsOtherSkips: false') {
  mkdirSync(join(root, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(root, '.cache', 'count-reporter-'));
  folders.push(folder);
  const config = `
    import { createCountReporter } from '${root}/tools/count-reporter.ts';
    export default { test: { root: '${folder}', globals: true, include: ['*.spec.ts'], globalSetup: ['setup.ts'],
      reporters: ['default', createCountReporter({ ${setting} })] } };`;
  const all = {
    'vitest.config.ts': config,
    'setup.ts': 'export default () => () => console.log("torn down");',
    ...files,
  };
  for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text);
  const args = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--config', join(folder, 'vitest.config.ts')];
  const run = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  return { code: run.status, lines: run.stdout.trimEnd().split('\n') };
}

describe('the last line of a test run', () => {
  it('counts passed tests', () => {
    const { code, lines } = runVitest({ 'a.spec.ts': 'it("a", () => {}); it("b", () => {});' });
    expect(lines.at(-1)).toBe('2 passed, 0 failed');
    expect(code).toBe(0);
  });

  it('counts failed tests, unloadable files, failed hooks and uncaught errors', () => {
    const { code, lines } = runVitest({
      'fails.spec.ts': 'it("a", () => { throw new Error("x"); }); it("b", () => {});',
      'broken.spec.ts': 'throw new Error("x");',
      'hook.spec.ts': 'describe("d", () => { beforeAll(() => { throw new Error("x"); }); it("a", () => {}); });',
      'stray.spec.ts':
        'it("a", async () => { void Promise.reject(new Error("x")); await new Promise(setImmediate); });',
    });
    expect(lines.at(-1)).toBe('2 passed, 4 failed, 1 skipped');
    expect(code).toBe(1);
  });

  it('comes with exit code 1 even if something in the process exits with 0', () => {
    const { code, lines } = runVitest({
      'a.spec.ts': 'it("a", () => { throw new Error("x"); });',
      'setup.ts': 'export default () => void process.once("beforeExit", () => process.exit(0));',
    });
    expect(lines.at(-1)).toBe('0 passed, 1 failed');
    expect(code).toBe(1);
  });

  it('counts a run that never started as a failure', () => {
    const { code, lines } = runVitest({ 'a.spec.ts': 'it("a", () => {});', 'setup.ts': 'throw new Error("x");' });
    expect(lines.at(-1)).toBe('0 passed, 1 failed');
    expect(code).toBe(1);
  });
});

describe('a skipped test', () => {
  const files = { 'a.spec.ts': 'it("runs", () => {}); it("waits", ({ skip }) => skip("no glewlwyd here"));' };

  it('is listed with its reason', () => {
    const { code, lines } = runVitest(files);
    expect(lines.slice(-2)).toEqual(['skipped: a.spec.ts > waits (no glewlwyd here)', '1 passed, 0 failed, 1 skipped']);
    expect(code).toBe(0);
  });

  it('fails a run that allows no such reason', () => {
    const { code, lines } = runVitest(files, 'allowedReasons: ["other"], forbidsOtherSkips: true');
    expect(lines.at(-1)).toBe('1 passed, 1 failed, 1 skipped');
    expect(code).toBe(1);
  });

  it('passes a run that allows its reason', () => {
    const { code, lines } = runVitest(files, 'allowedReasons: ["no glewlwyd here"], forbidsOtherSkips: true');
    expect(lines.at(-1)).toBe('1 passed, 0 failed, 1 skipped');
    expect(code).toBe(0);
  });

  it('fails a run that requires reasons if it has none', () => {
    const { code, lines } = runVitest(
      { 'a.spec.ts': 'it.skip("off", () => {});' },
      'allowedReasons: [], forbidsOtherSkips: true',
    );
    expect(lines).toContain('skipped: a.spec.ts > off (no reason given)');
    expect(code).toBe(1);
  });
});
