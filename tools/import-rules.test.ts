import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { layers, rootFiles } from './generate/import-rules.ts';
import { renderLintConfig } from './generate/lint-config.ts';

const root = dirname(import.meta.dirname);

interface Case {
  /** The file that contains the import. */
  readonly file: string;
  readonly line: string;
}

const forbidden: Readonly<Record<string, Case>> = {
  'the kernel, from the contract': { file: 'src/kernel/a1.ts', line: "import { x } from '../contract/x.ts';" },
  'the contract, from a feature': { file: 'src/contract/a.ts', line: "import { x } from '../login/x.ts';" },
  'config, from storage': { file: 'src/config/a.ts', line: "import { x } from '../storage/x.ts';" },
  'the relying party, from organizations': {
    file: 'src/oidc/a1.ts',
    line: "import { x } from '../organizations/x.ts';",
  },
  'the relying party, the database': { file: 'src/oidc/a2.ts', line: "import { x } from '../storage/x.ts';" },
  'storage, from http': { file: 'src/storage/a1.ts', line: "import { x } from '../http/x.ts';" },
  'a migration, from a feature': { file: 'src/storage/migrations/a.ts', line: "import { x } from '../../users/x.ts';" },
  'http, from storage': { file: 'src/http/a.ts', line: "import { x } from '../storage/x.ts';" },
  'the audit trail, from users': { file: 'src/audit/a.ts', line: "import { x } from '../users/x.ts';" },
  'organizations, from users': { file: 'src/organizations/a.ts', line: "import { x } from '../users/x.ts';" },
  'users, from organizations': { file: 'src/users/a9.ts', line: "import { x } from '../organizations/x.ts';" },
  'access, from organizations': { file: 'src/access/a1.ts', line: "import { x } from '../organizations/x.ts';" },
  'access, from the folder inside it': { file: 'src/access/a2.ts', line: "import { x } from './enforcement/x.ts';" },
  'the folder inside access, from login': {
    file: 'src/access/enforcement/a1.ts',
    line: "import { x } from '../../login/x.ts';",
  },
  'organizations, from the folder inside access': {
    file: 'src/organizations/a2.ts',
    line: "import { x } from '../access/enforcement/x.ts';",
  },
  'the folder inside access, a check without a lock in a change': {
    file: 'src/access/enforcement/a2.ts',
    line: "import { x } from '../read-access.ts';",
  },
  'users, from groups': { file: 'src/users/a1.ts', line: "import { x } from '../groups/x.ts';" },
  'users, from sessions': { file: 'src/users/a2.ts', line: "import { x } from '../sessions/x.ts';" },
  'groups, from login': { file: 'src/groups/a.ts', line: "import { x } from '../login/x.ts';" },
  'machine identities, from sessions': {
    file: 'src/machine-identities/a.ts',
    line: "import { x } from '../sessions/x.ts';",
  },
  'domains, from provisioning': { file: 'src/domains/a.ts', line: "import { x } from '../provisioning/x.ts';" },
  'connections, from login': { file: 'src/connections/a.ts', line: "import { x } from '../login/x.ts';" },
  'provisioning, code of the relying party': {
    file: 'src/provisioning/a.ts',
    line: "import { x } from '../oidc/x.ts';",
  },
  'group sync, code of the relying party': { file: 'src/group-sync/a1.ts', line: "import { x } from '../oidc/x.ts';" },
  'group sync, from provisioning': { file: 'src/group-sync/a2.ts', line: "import { x } from '../provisioning/x.ts';" },
  'sessions, from login': { file: 'src/sessions/a1.ts', line: "import { x } from '../login/x.ts';" },
  'the command line, from storage': { file: 'src/cli/a.ts', line: "import { x } from '../storage/x.ts';" },
  'a type, upwards': { file: 'src/kernel/a2.ts', line: "import type { x } from '../users/x.ts';" },
  'an export, upwards': { file: 'src/kernel/a3.ts', line: "export { x } from '../users/x.ts';" },
  'a dynamic import, upwards': { file: 'src/kernel/a4.ts', line: "export const x = await import('../users/x.ts');" },
  'a feature, from the composition root': { file: 'src/login/a1.ts', line: "import { x } from '../app.ts';" },
  'a feature, from main': { file: 'src/login/a2.ts', line: "import { x } from '../main.ts';" },
  'the server, from the tests': { file: 'src/login/a3.ts', line: "import { x } from '../../test/support/x.ts';" },
  'a compiled file that is not there': { file: 'src/login/a4.ts', line: "import { x } from './x.js';" },
  'fastify, in a use case': { file: 'src/users/a3.ts', line: "import type { FastifyInstance } from 'fastify';" },
  'a plugin of fastify, in a use case': { file: 'src/users/a4.ts', line: "import x from '@fastify/swagger';" },
  'fastify, beside SQL': { file: 'src/users/queries.ts', line: "import fastify from 'fastify';" },
  'kysely, in a use case': { file: 'src/users/a5.ts', line: "import { sql } from 'kysely';" },
  'kysely, in a route': { file: 'src/groups/routes.ts', line: "import { sql } from 'kysely';" },
  'kysely, in http': { file: 'src/http/a2.ts', line: "import { sql } from 'kysely';" },
  'pg, beside SQL': { file: 'src/groups/queries.ts', line: "import pg from 'pg';" },
  'node:sqlite, beside SQL': { file: 'src/sessions/queries.ts', line: "import { DatabaseSync } from 'node:sqlite';" },
  'oauth4webapi, in login': { file: 'src/login/a5.ts', line: "import * as client from 'oauth4webapi';" },
  'undici, in login': { file: 'src/login/a6.ts', line: "import { Agent } from 'undici';" },
  'jose, in users': { file: 'src/users/a6.ts', line: "import { jwtVerify } from 'jose';" },
  'oidc-provider, in login': { file: 'src/login/a7.ts', line: "import Provider from 'oidc-provider';" },
  'process, by its module': { file: 'src/users/a7.ts', line: "import { env } from 'node:process';" },
  'a tool of the tests': { file: 'src/users/a8.ts', line: "import { it } from 'vitest';" },
  'main, a feature': { file: 'src/main.ts', line: "import { x } from './login/x.ts';" },
  'the composition root, from main': { file: 'src/app.ts', line: "import { x } from './main.ts';" },
};

const allowed: readonly Case[] = [
  { file: 'src/contract/b1.ts', line: "import { x } from '../kernel/x.ts';" },
  { file: 'src/config/b1.ts', line: "import { x } from '../contract/x.ts';" },
  { file: 'src/config/b2.ts', line: "import { env } from 'node:process';" },
  { file: 'src/oidc/b1.ts', line: "import { jwtVerify } from 'jose';" },
  { file: 'src/oidc/b2.ts', line: "import * as client from 'oauth4webapi';" },
  { file: 'src/storage/b1.ts', line: "import { Kysely } from 'kysely';" },
  { file: 'src/storage/migrations/b1.ts', line: "import { x } from '../schema.ts';" },
  { file: 'src/http/b1.ts', line: "import fastify from 'fastify';" },
  { file: 'src/audit/b1.ts', line: "import { x } from '../storage/x.ts';" },
  { file: 'src/audit/queries.ts', line: "import { sql } from 'kysely';" },
  { file: 'src/organizations/b1.ts', line: "import { x } from '../access/x.ts';" },
  { file: 'src/access/enforcement/b1.ts', line: "import { x } from '../x.ts';" },
  { file: 'src/access/enforcement/b2.ts', line: "import { x } from '../../sessions/x.ts';" },
  { file: 'src/access/enforcement/queries.ts', line: "import { sql } from 'kysely';" },
  { file: 'src/login/b4.ts', line: "import { x } from '../access/enforcement/x.ts';" },
  { file: 'src/users/routes.ts', line: "import type { FastifyInstance } from 'fastify';" },
  { file: 'src/machine-identities/universal-auth-queries.ts', line: "import { sql } from 'kysely';" },
  { file: 'src/invitations/b1.ts', line: "import { x } from '../groups/x.ts';" },
  { file: 'src/connections/b1.ts', line: "import { x } from '../oidc/x.ts';" },
  { file: 'src/provisioning/b1.ts', line: "import type { x } from '../oidc/x.ts';" },
  { file: 'src/sessions/b1.ts', line: "import { x } from '../machine-identities/x.ts';" },
  { file: 'src/login/b1.ts', line: "import { x } from '../provisioning/x.ts';" },
  { file: 'src/login/pages/b2.ts', line: "import { x } from '../../sessions/x.ts';" },
  { file: 'src/login/b3.test.ts', line: "import { x } from '../../test/support/x.ts';" },
  { file: 'test/b1.ts', line: "import { x } from '../src/login/x.ts';" },
];

const ambient: Readonly<Record<string, Case>> = {
  process: { file: 'src/login/c1.ts', line: 'export const x = process.pid;' },
  'process behind globalThis': { file: 'src/login/c2.ts', line: 'export const x = globalThis.process.pid;' },
  fetch: { file: 'src/oidc/c1.ts', line: "export const x = await fetch('https://x');" },
  'Date.now': { file: 'src/sessions/c1.ts', line: 'export const x = Date.now();' },
  'Math.random': { file: 'src/storage/c1.ts', line: 'export const x = Math.random();' },
};

const ambientAllowed: readonly Case[] = [
  { file: 'src/kernel/d1.ts', line: 'export const x = Date.now() + Math.random();' },
  { file: 'src/config/d1.ts', line: 'export const x = process.env;' },
  {
    file: 'src/login/d1.test.ts',
    line: "export const x = [Date.now(), process.pid, await fetch('http://127.0.0.1')];",
  },
  { file: 'tools/d1.ts', line: 'export const x = process.pid + Date.now();' },
];

describe('an import', () => {
  let reported: ReadonlySet<string>;
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'import-rules-'));
    reported = reportedFiles(folder, [
      ...Object.values(forbidden),
      ...allowed,
      ...Object.values(ambient),
      ...ambientAllowed,
    ]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(Object.entries(forbidden))('is rejected: %s', (_name, { file }) => {
    expect(reported).toContain(`${file} eslint(no-restricted-imports)`);
  });

  it.each(allowed)('is allowed in $file: $line', ({ file }) => {
    expect(reported).not.toContain(`${file} eslint(no-restricted-imports)`);
  });

  it.each(Object.entries(ambient))('must replace %s', (name, { file }) => {
    const rule = /\./.test(name) ? 'no-restricted-properties' : 'no-restricted-globals';
    expect(reported).toContain(`${file} eslint(${rule})`);
  });

  it.each(ambientAllowed)('need not replace anything in $file', ({ file }) => {
    expect([...reported].filter((entry) => entry.startsWith(`${file} eslint(no-restricted`))).toEqual([]);
  });
});

describe('the table of layers', () => {
  it('has a row for every folder and file of src', () => {
    const entries = readdirSync(join(root, 'src'), { withFileTypes: true });
    const names = entries.map((entry) => entry.name).filter((name) => !name.endsWith('.test.ts'));
    const known = [...Object.keys(layers), ...Object.keys(rootFiles)];
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('names only folders that exist', () => {
    const isFolder = (name: string) => statSync(join(root, 'src', name), { throwIfNoEntry: false })?.isDirectory();
    expect(Object.keys(layers).filter((name) => isFolder(name) !== true)).toEqual([]);
  });

  it('lists a folder inside a folder after its parent, and gives it only to folders that import the parent', () => {
    const names = Object.keys(layers);
    for (const nested of names.filter((name) => name.includes('/'))) {
      const parent = dirname(nested);
      expect(names.indexOf(nested)).toBeGreaterThan(names.indexOf(parent));
      const importers = names.filter((name) => name === nested || layers[name]?.imports.includes(nested));
      expect(importers.filter((name) => layers[name]?.imports.includes(parent) !== true)).toEqual([]);
    }
  });

  it('has no two folders that import each other', () => {
    const reaches = (from: string, to: string): boolean =>
      (layers[from]?.imports ?? []).some((next) => next === to || reaches(next, to));
    expect(Object.keys(layers).filter((name) => reaches(name, name))).toEqual([]);
  });
});

/** Lints each case in its own file with the generated configuration, and returns `<file> <rule>` for each report. */
function reportedFiles(folder: string, cases: readonly Case[]): ReadonlySet<string> {
  writeFileSync(join(folder, '.oxlintrc.json'), renderLintConfig());
  for (const { file, line } of cases) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `${line}\n`);
  }
  const run = spawnSync(join(root, 'node_modules/.bin/oxlint'), ['--format', 'json'], {
    cwd: folder,
    encoding: 'utf8',
  });
  const output: { diagnostics: { filename: string; code: string }[] } = JSON.parse(run.stdout);
  return new Set(output.diagnostics.map(({ filename, code }) => `${filename} ${code}`));
}
