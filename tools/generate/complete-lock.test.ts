import { expect, it } from 'vitest';

import { completeLock } from './complete-lock.ts';

const tool = { version: '1.2.3', integrity: 'sha512-x', dev: true };
const write = (packages: object) => `${JSON.stringify({ name: 'x', packages }, undefined, 2)}\n`;

it('adds the binaries of other platforms that a package names and the lock file lacks', () => {
  const optionalDependencies = { '@tool/binding-darwin-arm64': '1.2.3', '@tool/binding-linux-x64-musl': '1.2.3' };
  const text = write({ '': {}, 'node_modules/tool': { ...tool, optionalDependencies } });
  expect(JSON.parse(completeLock(text)).packages).toMatchObject({
    'node_modules/@tool/binding-darwin-arm64': {
      version: '1.2.3',
      os: ['darwin'],
      cpu: ['arm64'],
      dev: true,
      optional: true,
    },
    'node_modules/@tool/binding-linux-x64-musl': { os: ['linux'], cpu: ['x64'], libc: ['musl'] },
  });
});

it('leaves a complete lock file unchanged, byte for byte', () => {
  const text = write({
    '': {},
    'node_modules/outer/node_modules/tool': { ...tool, optionalDependencies: { a: '1.0.0', b: '1.0.0' } },
    'node_modules/outer/node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '1.0.0' },
  });
  expect(completeLock(text)).toBe(text);
});

it('does not add an optional package that is not a binary', () => {
  const text = write({ 'node_modules/tool': { ...tool, optionalDependencies: { colours: '^1.0.0' } } });
  expect(() => completeLock(text)).toThrow('colours@^1.0.0');
});
