import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { version } from '../../src/contract/version.ts';
import { allCommands } from '../../src/cli/command-table.ts';
import { renderCompletion } from '../../src/cli/completion-script.ts';
import { runCommand } from '../support/command-line.ts';
import { runProgram } from '../support/program.ts';

let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sallyport-cli-'));
});

afterAll(async () => {
  await rm(home, { recursive: true, force: true });
});

describe('the program', () => {
  test('shows its commands when called without arguments, and starts no server', async () => {
    const end = await runProgram([], { home });
    expect(end.exitCode).toBe(0);
    for (const { name } of allCommands) expect(end.output).toContain(`  ${name} `);
  });

  test('exits with 2 and shows its usage when called incorrectly', async () => {
    const end = await runProgram(['sso', 'nonsense'], { home });
    expect([end.exitCode, end.output]).toStrictEqual([2, '']);
    expect(end.errors).toContain('See: sallyport help sso');
  });

  test.each([
    [['version'], 0, version],
    [['--version'], 0, version],
    [['sso', 'set', '--help'], 0, 'Usage: sallyport sso set [options]'],
    [['help', 'sso', 'set'], 0, 'Usage: sallyport sso set [options]'],
    [['sso'], 0, 'sso delete'],
    [['login', '-h'], 0, 'sallyport login --url https://sso.example.com'],
    [['nonsense'], 2, 'Unknown command. See: sallyport help'],
    [['sso', 'nonsense'], 2, 'See: sallyport help sso'],
    [['sso', '--json'], 2, 'See: sallyport help sso'],
    [['sso', 'get', 'more'], 2, 'See: sallyport sso get --help'],
    [['group', 'get'], 2, '<group> is missing. See: sallyport group get --help'],
    [['audit', 'list', '--limit', 'many'], 2, '--limit must be an integer.'],
    [['completion', 'tcsh'], 2, 'bash, zsh, fish'],
    [['--json'], 2, 'Missing command.'],
  ])('%j ends with %i and says "%s"', async (args, code, text) => {
    const end = await runCommand(args, { home });
    expect(end.exitCode).toBe(code);
    expect(code === 0 ? end.output : end.errors).toContain(text);
  });

  test("runs on the project's Node if the host has another", ({ skip }) => {
    const hostNode = findHostNode() ?? skip('the host has no Node of its own');
    const launcher = join(import.meta.dirname, '../../bin/sallyport.mjs');
    const { status, stdout } = spawnSync(hostNode, [launcher, 'version'], { encoding: 'utf8' });
    expect([status, stdout]).toStrictEqual([0, `${version}\n`]);
  });

  test('loads no server code for a client command', async () => {
    const trace = join(home, 'loaded.mjs');
    await writeFile(
      trace,
      `import { registerHooks } from 'node:module';
      registerHooks({ load: (url, context, next) => (process.stderr.write(url + '\\n'), next(url, context)) });`,
    );
    const end = await runProgram(['completion', 'bash'], { home, env: { NODE_OPTIONS: `--import ${trace}` } });
    expect(end.errors).toContain('/src/cli/run-cli.ts');
    expect(end.errors).not.toMatch(/node_modules|\/src\/(?!start|main|cli|contract|kernel)/u);
  });
});

/** The first Node on the path outside the project. */
function findHostNode(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  return folders.map((folder) => join(folder, 'node')).find((file) => existsSync(file));
}

describe('completion in bash', () => {
  test.each([
    [['s'], ['sso', 'serve']],
    [
      ['sso', ''],
      [
        'get',
        'set',
        'test',
        'delete',
        'options',
        'assumptions',
        'attempt',
        'attempts',
        'client-keys',
        'rotate-client-key',
        'certificate',
      ],
    ],
    [['sso', 'set', '--act'], ['--active']],
    [
      ['sso', 'set', '--active', ''],
      ['on', 'off'],
    ],
    [['group', 'create', 'x', '--role', 'm'], ['member']],
    [['login', '--client-i'], ['--client-id']],
    [['completion', 'f'], ['fish']],
  ])('of %j offers %j', (words, offered) => {
    const script = `${renderCompletion('bash')}
      COMP_WORDS=(sallyport ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}
      _sallyport; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    expect([status, stderr]).toStrictEqual([0, '']);
    expect(stdout.trim().split('\n').toSorted()).toStrictEqual(offered.toSorted());
  });

  test('has a line for each command and option in every shell', () => {
    for (const { name, options = {} } of allCommands) {
      const verb = name.split(' ').at(-1) ?? '';
      expect(renderCompletion('bash')).toContain(`"${name}")`);
      expect(renderCompletion('zsh')).toContain('bashcompinit');
      expect(renderCompletion('fish')).toContain(` -a ${verb} `);
      for (const option of Object.keys(options)) expect(renderCompletion('fish')).toContain(` -l ${option}`);
    }
  });

  test('keeps the quotes of every fish line balanced, even with an apostrophe in a summary', () => {
    for (const line of renderCompletion('fish').trim().split('\n')) {
      expect(line.replaceAll(/\\['\\]/gu, '').replaceAll(/[^']/gu, '').length % 2).toBe(0);
    }
  });
});
