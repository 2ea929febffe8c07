import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { accessSync, constants, existsSync } from 'node:fs';
import { copyFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { freePort } from './free-port.ts';

// The system's, or what `npm test` unpacked (tools/ensure/glewlwyd.mjs).
const roots = ['/', join(import.meta.dirname, '../../.cache/glewlwyd')];
const root = roots.find(isComplete) ?? '/';
const program = join(root, 'usr/bin/glewlwyd');
// The start of the package's schema.
const administrator = { username: 'admin', password: 'password' };

/** The algorithms that its plugins sign ID tokens with here, one plugin and so one issuer each. */
export const glewlwydAlgorithms = ['RS256', 'RS512', 'HS256', 'EdDSA'] as const;
export type GlewlwydAlgorithm = (typeof glewlwydAlgorithms)[number];

export interface GlewlwydOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  readonly people: readonly GlewlwydPerson[];
}

export interface GlewlwydPerson {
  readonly username: string;
  readonly password: string;
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly groups: readonly string[];
}

/** A running Glewlwyd, an OpenID provider in C that shares nothing with the code under test. */
export interface Glewlwyd {
  issuer(algorithm: GlewlwydAlgorithm): string;
  /** Signs with another key from now on; the previous one is no longer published. */
  rotateKey(algorithm: GlewlwydAlgorithm): Promise<void>;
  close(): Promise<void>;
}

/** Whether this machine has the program. */
export function hasGlewlwyd(): boolean {
  return isComplete(root);
}

function isComplete(folder: string): boolean {
  try {
    accessSync(join(folder, 'usr/bin/glewlwyd'), constants.X_OK);
    accessSync(schemaFileIn(folder), constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function schemaFileIn(folder: string): string {
  return join(folder, 'usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz');
}

/** Starts the provider on a free port with its own database, one client, and users. */
export async function startGlewlwyd(options: GlewlwydOptions): Promise<Glewlwyd> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-glewlwyd-'));
  const url = `http://127.0.0.1:${await freePort()}`;
  await createDatabase(join(folder, 'glewlwyd.db'));
  await copyPages(join(folder, 'webapp'));
  await writeFile(join(folder, 'glewlwyd.conf'), configurationFile(folder, url));
  const server = spawn(program, [`--config-file=${join(folder, 'glewlwyd.conf')}`], {
    stdio: 'ignore',
    env: { ...process.env, LD_LIBRARY_PATH: await libraryPath() },
  });
  const close = async () => {
    await stop(server);
    await rm(folder, { recursive: true });
  };
  try {
    const call = await signInAsAdministrator(url);
    await setUp(call, url, options);
    return {
      issuer: (algorithm) => issuerOf(url, algorithm),
      rotateKey: async (algorithm) => {
        await call('PUT', `/mod/plugin/${nameOf(algorithm)}`, plugin(url, algorithm, options));
        await call('PUT', `/mod/plugin/${nameOf(algorithm)}/reset`);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The folders of the libraries that were unpacked with the program, such as `x86_64-linux-gnu`. */
async function libraryPath(): Promise<string> {
  const folders = ['usr/lib', 'lib'].map((folder) => join(root, folder)).filter((folder) => existsSync(folder));
  const names = await Promise.all(
    folders.map(async (folder) => (await readdir(folder)).map((name) => join(folder, name))),
  );
  return names
    .flat()
    .filter((name) => name.endsWith('-linux-gnu'))
    .join(':');
}

async function createDatabase(file: string): Promise<void> {
  const database = new DatabaseSync(file);
  database.exec(gunzipSync(await readFile(schemaFileIn(root))).toString());
  database.close();
}

// Debian's own `config.json` of the pages leads to a folder, and some of their styles to packages that are not needed.
async function copyPages(folder: string): Promise<void> {
  const pages = join(root, 'usr/share/glewlwyd/webapp');
  const isWanted = (file: string) => file !== join(pages, 'config.json') && existsSync(file);
  await cp(pages, folder, { recursive: true, dereference: true, filter: isWanted });
  await copyFile(join(root, 'usr/share/glewlwyd/templates/config.json'), join(folder, 'config.json'));
}

function configurationFile(folder: string, url: string): string {
  const modules = join(root, 'usr/lib/glewlwyd');
  return `
port=${new URL(url).port}
bind_address="127.0.0.1"
external_url="${url}"
login_url="login.html"
api_prefix="api"
log_mode="file"
log_level="WARNING"
log_file="${folder}/glewlwyd.log"
cookie_secure=0
cookie_same_site="lax"
admin_scope="g_admin"
profile_scope="g_profile"
static_files_path="${folder}/webapp"
user_module_path="${modules}/user"
client_module_path="${modules}/client"
user_auth_scheme_module_path="${modules}/scheme"
plugin_module_path="${modules}/plugin"
use_secure_connection=false
secure_connection_key_file="${folder}/none"
secure_connection_pem_file="${folder}/none"
secure_connection_ca_file="${folder}/none"
hash_algorithm="SHA512"
database = { type = "sqlite3"; path = "${folder}/glewlwyd.db"; };
static_files_mime_types = (
  { extension = ".html"; mime_type = "text/html" },
  { extension = ".css"; mime_type = "text/css" },
  { extension = ".js"; mime_type = "application/javascript" },
  { extension = ".json"; mime_type = "application/json" }
)
`;
}

type Call = (method: 'POST' | 'PUT' | 'GET', path: string, json?: unknown) => Promise<string>;

const startTriesMax = 200;

async function signInAsAdministrator(url: string): Promise<Call> {
  const cookie = await firstCookie(url);
  return async (method, path, json) => {
    const headers = { cookie, 'content-type': 'application/json' };
    const body = json === undefined ? null : JSON.stringify(json);
    const response = await fetch(`${url}/api${path}`, { method, headers, body });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text;
  };
}

// The program prints nothing when it is ready, so its port is tried.
async function firstCookie(url: string): Promise<string> {
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(administrator),
  };
  for (let tries = 1; ; tries += 1) {
    try {
      const response = await fetch(`${url}/api/auth/`, request);
      const [cookie = ''] = response.headers.getSetCookie();
      return cookie.split(';', 1)[0] ?? '';
    } catch (error) {
      if (tries === startTriesMax) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function setUp(call: Call, url: string, options: GlewlwydOptions): Promise<void> {
  for (const name of ['profile', 'email']) {
    await call('POST', '/scope', {
      name,
      display_name: name,
      password_required: true,
      password_max_age: 0,
      scheme: {},
    });
  }
  const module = JSON.parse(await call('GET', '/mod/user/database'));
  const readable = { read: true, write: true, 'profile-read': false, 'profile-write': false };
  for (const name of ['given_name', 'family_name']) {
    module.parameters['data-format'][name] = { multiple: false, ...readable };
  }
  module.parameters['data-format'].groups = { multiple: true, ...readable };
  await call('PUT', '/mod/user/database', module);
  await call('PUT', '/mod/user/database/reset');
  for (const person of options.people) await call('POST', '/user', userOf(person));
  for (const algorithm of glewlwydAlgorithms) {
    await call('POST', '/mod/plugin', plugin(url, algorithm, options));
  }
  await call('POST', '/client', {
    client_id: options.clientId,
    name: 'Sallyport',
    client_secret: options.clientSecret,
    confidential: true,
    enabled: true,
    redirect_uri: [options.redirectUri],
    authorization_type: ['code'],
    token_endpoint_auth_method: ['client_secret_basic', 'client_secret_post'],
    scope: [],
  });
}

function userOf({ username, password, email, givenName, familyName, groups }: GlewlwydPerson) {
  return {
    username,
    password,
    email,
    name: `${givenName} ${familyName}`,
    given_name: givenName,
    family_name: familyName,
    groups,
    enabled: true,
    scope: ['openid', 'profile', 'email'],
  };
}

function plugin(url: string, algorithm: GlewlwydAlgorithm, { clientSecret }: GlewlwydOptions) {
  const name = nameOf(algorithm);
  // A MAC is keyed with the client's secret (OpenID Connect Core, section 10.1); the program has one for a plugin.
  const signing =
    algorithm === 'HS256'
      ? { 'jwt-type': 'sha', 'jwt-key-size': '256', key: clientSecret }
      : { 'jwks-private': JSON.stringify({ keys: [makeKey(algorithm)] }) };
  return {
    module: 'oidc',
    name,
    display_name: name,
    enabled: true,
    readonly: false,
    parameters: { iss: issuerOf(url, algorithm), ...pluginParameters, ...signing },
  };
}

const claim = { type: 'string', mandatory: true, 'on-demand': false, scope: [] };

const pluginParameters = {
  'subject-type': 'public',
  'access-token-duration': 3600,
  'refresh-token-duration': 3600,
  'code-duration': 600,
  'refresh-token-rolling': false,
  'allow-non-oidc': false,
  'auth-type-code-enabled': true,
  'auth-type-token-enabled': false,
  'auth-type-implicit-enabled': false,
  'auth-type-password-enabled': false,
  'auth-type-client-enabled': false,
  'auth-type-refresh-enabled': false,
  'jwks-show': true,
  'pkce-allowed': true,
  'pkce-required': true,
  'pkce-method-plain-allowed': false,
  'name-claim': 'mandatory',
  'email-claim': 'mandatory',
  'scope-claim': 'no',
  claims: [
    { name: 'given_name', 'user-property': 'given_name', ...claim },
    { name: 'family_name', 'user-property': 'family_name', ...claim },
    { name: 'groups', 'user-property': 'groups', ...claim },
  ],
};

function makeKey(algorithm: Exclude<GlewlwydAlgorithm, 'HS256'>): object {
  const { privateKey } =
    algorithm === 'EdDSA' ? generateKeyPairSync('ed25519') : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: crypto.randomUUID(), alg: algorithm };
}

function nameOf(algorithm: GlewlwydAlgorithm): string {
  return algorithm.toLowerCase();
}

function issuerOf(url: string, algorithm: GlewlwydAlgorithm): string {
  return `${url}/api/${nameOf(algorithm)}`;
}

async function stop(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  const ended = once(process, 'exit');
  process.kill('SIGTERM');
  await ended;
}
